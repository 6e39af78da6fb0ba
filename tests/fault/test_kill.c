/* The program is killed, or the power goes, at every call that changes the outputs' folder; then the job is run again.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/cmocka_all.h"

#include <stdlib.h>

static long count_calls(void) {
    const fault_plan plan = {0};
    fault_result result = fault_run(&plan, "");
    long calls = result.calls;
    assert_int_equal(result.exit_code, 0);
    fault_result_free(&result);
    fault_clear();
    return calls;
}

/* The report is written at the kill: no report, and something else ended the run. */
static void check_killed(const fault_result *result, const fault_plan *plan) {
    if (result->exit_code != 128 + 9 || result->faults != 1)
        fail_msg("%s: exit %d, not killed by the shim: %s", fault_plan_text(plan), result->exit_code, result->err);
    fault_check_whole_or_absent(result, plan);
}

static void check_run_again(const fault_plan *plan, const char *arguments) {
    const fault_plan none = {0};
    fault_result again = fault_run(&none, arguments);
    if (again.exit_code != 0)
        fail_msg("%s, then again: exit %d: %s", fault_plan_text(plan), again.exit_code, again.err);
    fault_check_same(plan);
    fault_result_free(&again);
}

static void kill_at_every_call(const char *action, unsigned seeds) {
    long calls = count_calls();
    for (long at = 1; at <= calls; at++) {
        const fault_plan plan = {.action = action, .at = at, .keep = seeds == 0 ? 0 : (unsigned)at % (seeds + 1)};
        fault_result killed = fault_run(&plan, "");
        check_killed(&killed, &plan);
        check_run_again(&plan, "");
        fault_result_free(&killed);
        fault_clear();
    }
    print_message("%ld calls\n", calls);
}

static void test_a_run_may_be_killed_at_any_call(void **state) {
    (void)state;
    kill_at_every_call("kill", 0);
}

static void test_a_write_may_be_torn(void **state) {
    (void)state;
    kill_at_every_call("tear", 0);
}

static void test_the_power_may_go_at_any_call(void **state) {
    (void)state;
    kill_at_every_call("power", 0);
}

static void test_the_power_may_go_and_leave_some_writes_on_disk(void **state) {
    (void)state;
    kill_at_every_call("power", 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_may_be_killed_at_any_call),
        cmocka_unit_test(test_a_write_may_be_torn),
        cmocka_unit_test(test_the_power_may_go_at_any_call),
        cmocka_unit_test(test_the_power_may_go_and_leave_some_writes_on_disk),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
