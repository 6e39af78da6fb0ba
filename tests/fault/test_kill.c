/* The program is killed, or the power goes, at every call that changes the outputs' folder; then the job is run again.
 *
 * A sample of the calls, of each kind on each file: fault_sample.h. test_kill_long (label long) tries every one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK       24
#define CHUNK_CALLS 15 /* at least, of any kind that is tried: writes, and all else */
#define STATE       "out/.weft/small/state.sqlite"

/* The report is written at the kill: no report, and something else ended the run. */
static void check_killed(const fault_result *result, const fault_plan *plan) {
    if (result->exit_code != 128 + 9 || result->faults != 1)
        fail_msg("%s: exit %d, %ld calls, not killed by the shim: %s", fault_plan_text(plan), result->exit_code,
                 result->calls, result->err);
    fault_check_whole_or_absent(result, plan);
}

/* The state that a killed run left is whole: SQLite says so, once it has rolled back what was under way. A copy is
 * asked, so that weft is the one that rolls back. */
static void check_state(const fault_plan *plan) {
    if (!sandbox_exists(STATE)) return;
    char *text = sandbox_succeed("rm -rf state && mkdir state && cp " STATE "* state && "
                                 "sqlite3 state/state.sqlite 'pragma integrity_check'");
    if (strcmp(text, "ok\n") != 0) fail_msg("%s: the run state is broken: %s", fault_plan_text(plan), text);
    free(text);
}

/* Behind which row a run goes on whose power went at a call, at least, by what was synced before it. With luck
 * (`seeds`) more of it is on disk: a change of the state that was not synced yet. A kill that comes later has no claim
 * to that. */
#define MAX_CALLS 1000
static long synced_rows[MAX_CALLS];

static void note_synced(long at, long row) {
    for (long later = at; later < MAX_CALLS; later++)
        if (row > synced_rows[later]) synced_rows[later] = row;
}

/* A later kill never loses more: what a checkpoint holds stays, and a checkpoint is behind every chunk. */
static void kill_at(const char *on, const char *action, unsigned seeds, long step) {
    long calls, row = 0, resumed = 0, before = 0;
    fault_sample sample = fault_run_sample(&(fault_plan){.on = on}, step, &calls);
    assert_true(calls < MAX_CALLS);
    for (int64_t i = 0; i < sample.count; i++) {
        long at = (long)sample.calls[i];
        const fault_plan plan = {
            .on = on, .action = action, .at = at, .keep = seeds == 0 ? 0 : 1 + (unsigned)at % seeds};
        fault_result killed = fault_run(&plan, "");
        check_killed(&killed, &plan);
        check_state(&plan);
        long behind = fault_check_resume(&plan);
        if (seeds > 0) row = synced_rows[at];
        if (behind < row)
            fail_msg("%s: continues after row %ld; killed earlier, it did so behind row %ld", fault_plan_text(&plan),
                     behind, row);
        /* Nor does it go on behind more than the chunks that were under way since. */
        if (behind > row + CHUNK * (1 + (at - before) / CHUNK_CALLS))
            fail_msg("%s: row %ld after row %ld", fault_plan_text(&plan), behind, row);
        row = behind;
        before = at;
        if (seeds == 0 && strcmp(action, "power") == 0) note_synced(at, row);
        resumed += row > 0;
        fault_result_free(&killed);
        fault_clear();
    }
    print_message("%s at %lld of %ld calls (%s): %ld runs went on behind a checkpoint\n", action,
                  (long long)sample.count, calls, on, resumed);
    fault_sample_dispose(&sample);
    assert_int_equal(row, FAULT_ROWS);
}

static void test_a_run_may_be_killed_at_any_write(void **state) {
    (void)state;
    kill_at("write", "kill", 0, 8);
}

static void test_a_run_may_be_killed_at_any_other_call(void **state) {
    (void)state;
    kill_at("open,sync,rename,truncate,close,unlink,mkdir", "kill", 0, 16);
}

static void test_a_write_may_be_torn(void **state) {
    (void)state;
    kill_at("write", "tear", 0, 12);
}

static void test_the_power_may_go_at_any_call(void **state) {
    (void)state;
    kill_at("all", "power", 0, 16);
}

static void test_the_power_may_go_and_leave_some_writes_on_disk(void **state) {
    (void)state;
    kill_at("all", "power", 7, 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_may_be_killed_at_any_write),
        cmocka_unit_test(test_a_run_may_be_killed_at_any_other_call),
        cmocka_unit_test(test_a_write_may_be_torn),
        cmocka_unit_test(test_the_power_may_go_at_any_call),
        cmocka_unit_test(test_the_power_may_go_and_leave_some_writes_on_disk),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
