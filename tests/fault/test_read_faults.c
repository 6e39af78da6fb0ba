/* Every read of a source fails, once and for good: what passes is tried again and ends in the same outputs, what lasts
 * is exit 74 with the file's name, and no read error ever ends in a wrong value.
 *
 * Every few reads; test_read_faults_long (label long) fails every one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static long count_reads(void) {
    const fault_plan plan = {.folder = "in", .on = "read"};
    fault_result result = fault_run(&plan, "");
    assert_int_equal(result.exit_code, 0);
    long calls = result.calls;
    fault_result_free(&result);
    fault_clear();
    assert_true(calls > 50);
    return calls;
}

static void check_recovers(const char *reason, long step) {
    long calls = count_reads(), runs = 0, recovered = 0;
    for (long at = 1; at <= calls; at += fault_stride_of_runs(step)) {
        const fault_plan plan = {.folder = "in", .on = "read", .action = reason, .at = at};
        fault_result result = fault_run(&plan, "");
        if (result.exit_code == 0)
            fault_check_same(&plan);
        else
            print_message("%s: exit %d: %s", fault_plan_text(&plan), result.exit_code, result.err);
        fault_check_whole_or_absent(&result, &plan);
        runs++;
        recovered += result.exit_code == 0;
        fault_result_free(&result);
        fault_clear();
    }
    print_message("%s at each of %ld reads: %ld runs recovered\n", reason, runs, recovered);
    assert_true(100 * recovered >= 95 * runs);
}

static void test_a_read_that_fails_once_is_tried_again(void **state) {
    (void)state;
    check_recovers("EIO", 9);
}

static void test_a_stale_handle_is_opened_again(void **state) {
    (void)state;
    check_recovers("ESTALE", 29);
}

static void test_a_medium_that_stays_broken_is_an_input_error(void **state) {
    (void)state;
    long calls = count_reads();
    for (long at = 1; at <= calls; at += fault_stride_of_runs(41)) {
        const fault_plan plan = {.folder = "in", .on = "read", .action = "EIO", .at = at, .times = -1};
        fault_result result = fault_run(&plan, "");
        if (result.exit_code == 0) {
            fault_check_same(&plan);
        } else if (result.exit_code != 74 || strstr(result.err, "/in/") == NULL ||
                   strstr(result.err, "Input/output error") == NULL) {
            fail_msg("%s: exit %d: %s", fault_plan_text(&plan), result.exit_code, result.err);
        }
        fault_check_whole_or_absent(&result, &plan);
        fault_result_free(&result);
        fault_clear();
    }
}

/* Truncated, so that a block is not there: nothing to try again for long, and not a matter of the medium. */
static void test_a_file_that_does_not_decode_is_a_data_error(void **state) {
    (void)state;
    const fault_plan plan = {.folder = "in", .on = "read"};
    free(sandbox_succeed("cp in/landsat7.tif whole.tif && truncate -s 300000 in/landsat7.tif"));
    fault_result result = fault_run(&plan, "");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "cannot decode"));
    fault_result_free(&result);
    free(sandbox_succeed("mv whole.tif in/landsat7.tif"));
    fault_clear();
}

static void test_retries_are_shown_at_the_end(void **state) {
    (void)state;
    const fault_plan plan = {.folder = "in", .on = "read", .action = "EIO", .at = count_reads() - 2};
    fault_result result = fault_run(&plan, "");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "reads    1 succeeded when they were tried again"));
    fault_result_free(&result);
    fault_clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_read_that_fails_once_is_tried_again),
        cmocka_unit_test(test_a_stale_handle_is_opened_again),
        cmocka_unit_test(test_a_medium_that_stays_broken_is_an_input_error),
        cmocka_unit_test(test_a_file_that_does_not_decode_is_a_data_error),
        cmocka_unit_test(test_retries_are_shown_at_the_end),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
