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
    assert_in_range(ns / 1000000, ms, ms + 400);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_operation_inside_another_is_charged_once, clear),
        cmocka_unit_test_setup(test_waiting_is_nobodys_time, clear),
        cmocka_unit_test_setup(test_threads_add_up_and_the_longest_call_stays, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
