/* Time is charged to the operation a thread was in: not to what it waited for, nor twice to what lies inside.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/threads/activity.h"

#include <string.h>
#include <time.h>

static weft_activity activity;

static int clear(void **state) {
    (void)state;
    memset(&activity, 0, sizeof activity);
    return 0;
}

static void sleep_ms(long ms) {
    (void)nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

/* At least `ms`, and less than a slow machine adds to it. */
static void check_ms(int64_t ns, int64_t ms) {
    assert_between(ns / 1000000, ms, ms + 400);
}

static void test_an_operation_inside_another_is_charged_once(void **state) {
    (void)state;
    const weft_operation_time *merge = &activity.times[WEFT_STAGE_MERGE][WEFT_OPERATION_MERGE_CHUNK];
    const weft_operation_time *resample = &activity.times[WEFT_STAGE_RESAMPLE][WEFT_OPERATION_RESAMPLE_WINDOW];
    uint32_t outer = weft_activity_enter(&activity, 3, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    for (int i = 0; i < 2; i++) {
        uint32_t before = weft_activity_enter(&activity, 3, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW);
        sleep_ms(i == 0 ? 100 : 500);
        weft_activity_leave(&activity, 3, before);
    }
    sleep_ms(10);
    weft_activity_leave(&activity, 3, outer);
    assert_int_equal(merge->calls, 1);
    assert_int_equal(resample->calls, 2);
    check_ms(resample->busy_ns, 600);
    check_ms(resample->longest_ns, 500);
    check_ms(merge->busy_ns, 10);
    assert_int_equal(merge->longest_ns, merge->busy_ns);
    assert_true(weft_activity_busy_seconds(&activity, WEFT_STAGE_RESAMPLE) >= 0.6);
}

static void test_waiting_is_nobodys_time(void **state) {
    (void)state;
    const weft_operation_time *merge = &activity.times[WEFT_STAGE_MERGE][WEFT_OPERATION_MERGE_CHUNK];
    uint32_t before = weft_activity_enter(&activity, 0, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_activity_wait(&activity, 0);
    sleep_ms(500);
    weft_activity_leave(&activity, 0, before);
    /* Idle again: nothing is charged to what comes next. */
    sleep_ms(500);
    before = weft_activity_enter(&activity, 0, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_activity_leave(&activity, 0, before);
    assert_int_equal(merge->calls, 2);
    check_ms(merge->busy_ns, 0);
}

static void test_threads_add_up_and_the_longest_call_stays(void **state) {
    (void)state;
    const weft_operation_time *format = &activity.times[WEFT_STAGE_EXPORT][WEFT_OPERATION_FORMAT_ROWS];
    uint32_t first = weft_activity_enter(&activity, 0, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    uint32_t second = weft_activity_enter(&activity, 1, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    sleep_ms(200);
    weft_activity_leave(&activity, 0, first);
    sleep_ms(100);
    weft_activity_leave(&activity, 1, second);
    check_ms(format->busy_ns, 500);
    check_ms(format->longest_ns, 300);
    assert_int_equal(weft_activity_take_seen(&activity, WEFT_STAGE_EXPORT), 1 << WEFT_OPERATION_FORMAT_ROWS);
    assert_int_equal(weft_activity_take_seen(&activity, WEFT_STAGE_EXPORT), 0);
}

/* A hundred calls: 94 that take next to no time, six of 20 ms: half of them stay under 1 ms, 95 in 100 do not. */
static void test_quantiles_are_those_of_the_calls(void **state) {
    (void)state;
    const weft_operation_time *merge = &activity.times[WEFT_STAGE_MERGE][WEFT_OPERATION_MERGE_CHUNK];
    assert_true(weft_operation_time_quantile(merge, 0.5) == 0);
    for (int i = 0; i < 100; i++) {
        uint32_t before = weft_activity_enter(&activity, 0, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
        if (i >= 94) sleep_ms(20);
        weft_activity_leave(&activity, 0, before);
    }
    double half = weft_operation_time_quantile(merge, 0.5), most = weft_operation_time_quantile(merge, 0.95);
    assert_true(half > 0 && half < 1e-3);
    /* Bins are a quarter of an octave: 20 ms are in one whose middle is at most 9 % under it. */
    assert_true(most >= 0.0182 && most < 0.4);
}

static int ended_count;
static weft_ended_call last_call;

static void note_call(void *payload, const weft_ended_call *call) {
    (void)payload;
    ended_count++;
    last_call = *call;
}

/* What lies deep inside is charged to itself, and part of what the call around it took; where a thread is in nothing,
 * nothing is counted. */
static void test_what_lies_inside_is_part_of_a_call(void **state) {
    (void)state;
    static weft_call_sink sink;
    const weft_operation_time *decode = &activity.times[WEFT_STAGE_RESAMPLE][WEFT_OPERATION_DECODE_BLOCK];
    const weft_operation_time *window = &activity.times[WEFT_STAGE_RESAMPLE][WEFT_OPERATION_RESAMPLE_WINDOW];
    sink.ended = note_call;
    for (int i = 0; i < WEFT_OPERATION_COUNT; i++)
        sink.over_ns[i] = INT64_MAX;
    sink.over_ns[WEFT_OPERATION_RESAMPLE_WINDOW] = 100000000;
    activity.sink = &sink;
    weft_activity_leave_inner(weft_activity_enter_inner(WEFT_OPERATION_DECODE_BLOCK));
    assert_int_equal(decode->calls, 0);
    uint32_t before = weft_activity_enter(&activity, 2, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW);
    weft_activity_note(&activity, 2, "dem", (weft_window){1, 2, 3, 4});
    weft_activity_inner inner = weft_activity_enter_inner(WEFT_OPERATION_DECODE_BLOCK);
    sleep_ms(150);
    weft_activity_leave_inner(inner);
    weft_activity_leave(&activity, 2, before);
    assert_int_equal(decode->calls, 1);
    check_ms(decode->busy_ns, 150);
    check_ms(window->busy_ns, 0);
    assert_int_equal(ended_count, 1);
    assert_int_equal(last_call.operation, WEFT_OPERATION_RESAMPLE_WINDOW);
    assert_string_equal(last_call.subject.name, "dem");
    assert_int_equal(last_call.subject.window.rows, 4);
    check_ms(last_call.took_ns, 150);
    weft_activity_leave_inner(weft_activity_enter_inner(WEFT_OPERATION_DECODE_BLOCK));
    assert_int_equal(decode->calls, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_operation_inside_another_is_charged_once, clear),
        cmocka_unit_test_setup(test_waiting_is_nobodys_time, clear),
        cmocka_unit_test_setup(test_quantiles_are_those_of_the_calls, clear),
        cmocka_unit_test_setup(test_what_lies_inside_is_part_of_a_call, clear),
        cmocka_unit_test_setup(test_threads_add_up_and_the_longest_call_stays, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
