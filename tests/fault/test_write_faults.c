/* Every call on the outputs' folder fails, once and for good: the run ends with the right code and names the path, or
 * goes on to the right outputs, no final name ever stands on less than the whole, and --resume finishes what failed.
 *
 * A sample of the calls, of each kind on each file: fault_sample.h. test_write_faults_long (label long) fails every
 * one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 74 with a path of the folder in its message, unless the run could do without the call. */
static void check_end(const fault_result *result, const fault_plan *plan) {
    if (result->faults == -1)
        fail_msg("%s: ended with %d, not by the program: %s", fault_plan_text(plan), result->exit_code, result->err);
    if (result->exit_code == 0)
        fault_check_same(plan);
    else if (result->exit_code != 74 || strstr(result->err, "/out") == NULL)
        fail_msg("%s: exit %d: %s", fault_plan_text(plan), result->exit_code, result->err);
    fault_check_whole_or_absent(result, plan);
}

typedef struct tally {
    long runs, recovered;
    long slept_ms; /* the most that one of them waited */
} tally;

/* At one in `step` of the calls that the plan's run makes: fault_sample.h. */
static void try_all(const fault_plan *asked, long step, tally *out) {
    fault_sample sample = fault_run_sample(asked, step, NULL);
    for (int64_t i = 0; i < sample.count; i++) {
        fault_plan plan = *asked;
        plan.at = (long)sample.calls[i];
        fault_result result = fault_run(&plan, "");
        check_end(&result, &plan);
        out->runs++;
        out->recovered += result.exit_code == 0;
        if (plan.times == 1 && result.exit_code != 0)
            print_message("%s: exit %d: %s", fault_plan_text(&plan), result.exit_code, result.err);
        if (result.slept_ms > out->slept_ms) out->slept_ms = result.slept_ms;
        if (result.exit_code != 0) (void)fault_check_resume(&plan);
        fault_result_free(&result);
        fault_clear();
    }
    fault_sample_dispose(&sample);
}

/* The outputs of those that recover are compared in check_end(), the others are resumed. */
static void check_most_recover(const char *on, const char *action, long step, const char *settings) {
    const fault_plan plan = {.on = on, .action = action, .times = 1, .settings = settings};
    tally seen = {0};
    try_all(&plan, step, &seen);
    print_message("%s, once, at each of %ld calls (%s): %ld runs recovered\n", action, seen.runs, on, seen.recovered);
    assert_true(100 * seen.recovered >= 95 * seen.runs);
}

static void test_a_run_gets_over_any_call_that_fails_once(void **state) {
    (void)state;
    check_most_recover("all", "EIO", 20, NULL);
    check_most_recover("open,rename,mkdir,unlink,close", "ESTALE", 30, NULL);
}

/* Layers that were given back are computed once more. */
static void test_a_run_in_memory_gets_over_it_too(void **state) {
    (void)state;
    check_most_recover("all", "EIO", 35, "--set merge.enable_streaming=false --set merge.chunk_size=24");
}

/* A second sync would succeed, and the file would have holes, which a checksum would show: so without. */
static void test_a_run_gets_over_a_sync_that_fails_and_drops_what_was_written(void **state) {
    (void)state;
    check_most_recover("sync", "drop", 10, "--set export.checksums=false");
}

static void test_what_was_got_over_is_said_and_kept(void **state) {
    (void)state;
    const fault_plan plan = {.on = "sync", .match = "csv.part", .action = "EIO", .at = 2, .times = 1};
    fault_result result = fault_run(&plan, "");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "merged_data_small.csv.part: cannot write: Input/output error; this may pass: "
                                       "attempt 2 of 5, from the last checkpoint, after a pause"));
    assert_non_null(strstr(result.err, "continues after row 24 of 68"));
    assert_non_null(
        strstr(result.out, "writing  resumed from the last checkpoint 1 time, after a failure that passed"));
    char *kept = sandbox_succeed("sqlite3 metrics.sqlite \"select kind, subject, count, detail from v_run_events\"");
    assert_non_null(strstr(kept, "retry|from the last checkpoint|1|"));
    assert_non_null(strstr(kept, "csv.part: cannot write: Input/output error"));
    free(kept);
    fault_check_same(&plan);
    fault_result_free(&result);
    fault_clear();
}

static void test_any_call_may_fail_from_there_on(void **state) {
    (void)state;
    const fault_plan plan = {.on = "all", .action = "EIO", .times = -1};
    tally seen = {0};
    try_all(&plan, 25, &seen);
    print_message("EIO from each of %ld calls on: %ld runs could do without, the others waited at most %.1f s\n",
                  seen.runs, seen.recovered, (double)seen.slept_ms / 1000);
    assert_true(seen.slept_ms < 10000);
}

static void test_a_disk_may_fill_at_any_write(void **state) {
    (void)state;
    static const char *const reasons[] = {"ENOSPC", "EDQUOT"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const fault_plan plan = {.on = "write,truncate", .action = reasons[i], .times = -1};
        tally seen = {0};
        try_all(&plan, 18, &seen);
        /* It does not pass, and is not waited for; SQLite says no more of a quota than that it cannot write. */
        assert_true(seen.slept_ms <= (strcmp(reasons[i], "ENOSPC") == 0 ? 0 : 4000));
        /* Only what comes when the outputs have their names already. */
        assert_true(10 * seen.recovered < 4 * seen.runs);
    }
}

static void test_interrupted_and_short_calls_recover(void **state) {
    (void)state;
    static const char *const passing[] = {"EINTR", "EAGAIN", "short"};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        check_most_recover("write", passing[i], 30, NULL);
    const fault_plan plan = {.on = "sync", .action = "EINTR", .times = 1};
    tally syncs = {0};
    try_all(&plan, 12, &syncs);
    assert_int_equal(syncs.recovered, syncs.runs);
}

static void test_earlier_outputs_stay_as_they_were(void **state) {
    (void)state;
    fault_sample sample = fault_run_sample(&(fault_plan){.on = "all"}, 35, NULL);
    for (int64_t i = 0; i < sample.count; i++) {
        const fault_plan plan = {.action = "EIO", .at = (long)sample.calls[i], .times = -1};
        free(sandbox_succeed("mkdir out && echo old > out/merged_data_small.csv && cp out/merged_data_small.csv old"));
        fault_result result = fault_run(&plan, "");
        if (result.exit_code != 0 && !sandbox_same("out/merged_data_small.csv", "old") &&
            !sandbox_same("out/merged_data_small.csv", "reference/merged_data_small.csv"))
            fail_msg("%s: what stood there is neither as it was nor replaced", fault_plan_text(&plan));
        fault_result_free(&result);
        fault_clear();
    }
    fault_sample_dispose(&sample);
}

/* --- files that libraries write themselves: SQLite and GDAL --- */

#define LIBRARIES "--set export.formats=[sqlite,geotiff,cog]"

/* Those that are there are the ones in `want`; all: they are there. */
static void check_libraries(const fault_plan *plan, bool all) {
    static const char *const suffixes[] = {"sqlite", "tif", "cog.tif"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[64], want[64];
        (void)snprintf(path, sizeof path, "out/merged_data_small.%s", suffixes[i]);
        (void)snprintf(want, sizeof want, "want/merged_data_small.%s", suffixes[i]);
        if (sandbox_exists(path) ? !sandbox_same(path, want) : all)
            fail_msg("%s (%s): not what a run without faults writes", path, fault_plan_text(plan));
    }
}

/* At every step-th call on a file that is called `match`. Returns how many runs failed. */
static long try_libraries(const char *match, const char *on, const char *action, long step) {
    fault_plan plan = {.on = on, .match = match, .action = action, .times = -1, .settings = LIBRARIES};
    const fault_plan none = {.on = on, .match = match, .settings = LIBRARIES};
    fault_result counted = fault_run(&none, "");
    long failed = 0;
    assert_int_equal(counted.exit_code, 0);
    assert_true(counted.calls > 0);
    free(sandbox_succeed("rm -rf want && mv out want"));
    for (plan.at = 1; plan.at <= counted.calls; plan.at += fault_stride_of_runs(step)) {
        fault_clear();
        fault_result result = fault_run(&plan, "");
        if (result.exit_code != 0 && (result.exit_code != 74 || strstr(result.err, "/out") == NULL))
            fail_msg("%s of %s: exit %d: %s", fault_plan_text(&plan), match, result.exit_code, result.err);
        failed += result.exit_code != 0;
        check_libraries(&plan, result.exit_code == 0);
        fault_result again = fault_run(&none, "--resume");
        assert_int_equal(again.exit_code, 0);
        check_libraries(&plan, true);
        fault_result_free(&again);
        fault_result_free(&result);
    }
    print_message("%s from each of %ld calls (%s) on *%s* on: %ld runs failed\n", action, counted.calls, on, match,
                  failed);
    fault_result_free(&counted);
    fault_clear();
    return failed;
}

static void test_outputs_that_libraries_write_are_whole_or_absent(void **state) {
    (void)state;
    static const char *const parts[] = {".sqlite.part", "small.tif.part", "small.cog.tif.part"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_true(try_libraries(parts[i], "write,truncate", "ENOSPC", 16) > 0);
        assert_true(try_libraries(parts[i], "write,sync,rename,open", "EIO", 24) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_gets_over_any_call_that_fails_once),
        cmocka_unit_test(test_a_run_in_memory_gets_over_it_too),
        cmocka_unit_test(test_what_was_got_over_is_said_and_kept),
        cmocka_unit_test(test_a_run_gets_over_a_sync_that_fails_and_drops_what_was_written),
        cmocka_unit_test(test_any_call_may_fail_from_there_on),
        cmocka_unit_test(test_a_disk_may_fill_at_any_write),
        cmocka_unit_test(test_interrupted_and_short_calls_recover),
        cmocka_unit_test(test_earlier_outputs_stay_as_they_were),
        cmocka_unit_test(test_outputs_that_libraries_write_are_whole_or_absent),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
