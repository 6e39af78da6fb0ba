/* Each slow call is told of once, with what it was about; the longest are kept in their order.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "monitors/performance_monitor.h"

#include <string.h>

static weft_activity activity;
static weft_performance_monitor monitor;
static weft_slow_call told[8];
static int told_count;

static void tell(void *payload, const weft_slow_call *call) {
    (void)payload;
    if (told_count < 8) told[told_count] = *call;
    told_count++;
}

static int start(void **state) {
    (void)state;
    memset(&activity, 0, sizeof activity);
    memset(&monitor, 0, sizeof monitor);
    told_count = 0;
    monitor.slow = tell;
    monitor.slow_ns[WEFT_OPERATION_RESAMPLE_WINDOW] = 2000000000;
    weft_performance_monitor_start(&monitor, &activity);
    return 0;
}

/* As weft_activity_leave() calls it. */
static void end(weft_operation_id operation, const char *name, int64_t ms) {
    weft_ended_call call = {WEFT_STAGE_RESAMPLE, operation, ms * 1000000, {name, {8, 16, 32, 64}}};
    if (call.took_ns >= atomic_load(&activity.sink->over_ns[operation])) activity.sink->ended(&monitor, &call);
}

static void test_a_slow_call_is_told_of_once(void **state) {
    (void)state;
    end(WEFT_OPERATION_RESAMPLE_WINDOW, "dem", 1999);
    end(WEFT_OPERATION_RESAMPLE_WINDOW, "dem", 2000);
    end(WEFT_OPERATION_MERGE_CHUNK, NULL, 60000); /* has no bound */
    assert_int_equal(told_count, 1);
    assert_true(told[0].is_slow);
    assert_string_equal(told[0].subject, "dem, rows 16..79, cols 8..39");
    assert_int_equal(monitor.slow_calls[WEFT_STAGE_RESAMPLE][WEFT_OPERATION_RESAMPLE_WINDOW], 1);
    assert_int_equal(monitor.count, 3);
    assert_int_equal(monitor.longest[0].operation, WEFT_OPERATION_MERGE_CHUNK);
    assert_string_equal(monitor.longest[0].subject, "");
}

/* 100 calls of 1 to 100 ms in a shuffled order: 100 down to 81 are left, and what is shorter is not looked at. */
static void test_the_longest_are_kept_in_order(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++)
        end(WEFT_OPERATION_DECODE_BLOCK, "a/path/that/is/so/long/that/its/beginning/is/left/out.tif", 1 + i * 37 % 100);
    assert_int_equal(monitor.count, WEFT_LONGEST_CALLS);
    for (int i = 0; i < WEFT_LONGEST_CALLS; i++)
        assert_int_equal((int)(monitor.longest[i].seconds * 1000 + 0.5), 100 - i);
    assert_int_equal(told_count, 0);
    assert_int_equal(strncmp(monitor.longest[0].subject, "...", 3), 0);
    assert_non_null(strstr(monitor.longest[0].subject, "left/out.tif, rows 16..79"));
    assert_true(atomic_load(&activity.sink->over_ns[WEFT_OPERATION_DECODE_BLOCK]) == 81000000);
    assert_true(atomic_load(&activity.sink->over_ns[WEFT_OPERATION_RESAMPLE_WINDOW]) == 81000000);
}

/* 3,000 slow calls, each longer than the one before: 1,000 are told of, all are counted, and the longest are the last
 * ones, which were not told of. */
static void test_slow_calls_are_told_of_up_to_a_bound(void **state) {
    (void)state;
    for (int i = 0; i < 3000; i++)
        end(WEFT_OPERATION_RESAMPLE_WINDOW, "dem", 2000 + i);
    assert_int_equal(told_count, 1000);
    assert_int_equal(monitor.slow_calls[WEFT_STAGE_RESAMPLE][WEFT_OPERATION_RESAMPLE_WINDOW], 3000);
    for (int i = 0; i < WEFT_LONGEST_CALLS; i++) {
        assert_int_equal((int)(monitor.longest[i].seconds * 1000 + 0.5), 4999 - i);
        assert_true(monitor.longest[i].is_slow);
        assert_false(monitor.longest[i].is_told);
    }
    assert_true(told[0].is_told);
}

static void *end_many(void *payload) {
    (void)payload;
    for (int i = 0; i < 20000; i++)
        end(WEFT_OPERATION_DECODE_BLOCK, "dem", 2000 + i);
    return NULL;
}

/* A run that failed writes its record while workers still end calls: what it copies is whole, and in order. */
static void test_the_longest_are_copied_while_calls_end(void **state) {
    (void)state;
    pthread_t worker;
    weft_slow_call longest[WEFT_LONGEST_CALLS];
    int count;
    assert_int_equal(pthread_create(&worker, NULL, end_many, NULL), 0);
    do {
        count = weft_performance_monitor_longest(&monitor, longest);
        for (int i = 1; i < count; i++)
            assert_true(longest[i - 1].seconds > longest[i].seconds);
    } while (count == 0 || longest[0].seconds < 21.9985);
    assert_int_equal(pthread_join(worker, NULL), 0);
    assert_int_equal(count, WEFT_LONGEST_CALLS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_slow_call_is_told_of_once, start),
        cmocka_unit_test_setup(test_the_longest_are_kept_in_order, start),
        cmocka_unit_test_setup(test_slow_calls_are_told_of_up_to_a_bound, start),
        cmocka_unit_test_setup(test_the_longest_are_copied_while_calls_end, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
