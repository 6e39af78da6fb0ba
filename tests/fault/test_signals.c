/* A signal arrives at a certain call of the run, whatever the run is at: it ends soon and can be gone on with. How soon
 * is counted in calls, not in time.
 *
 * The first test tries a sample of the calls, of each kind on each file (fault_sample.h), and every one in
 * test_signals_long (label long).
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 400 x 400 cells in 17 chunks: outputs of megabytes. */
#define LARGE "--set grid.resolution=5 "

/* How many calls of the plan's kind a run makes that nothing happens to. Its outputs are in `want` then. */
static long count_calls(const fault_plan *asked, const char *arguments) {
    fault_plan plan = *asked;
    plan.action = NULL;
    plan.at = 0;
    fault_result result = fault_run(&plan, arguments);
    long calls = result.calls;
    if (result.exit_code != 0) fail_msg("exit %d without a signal: %s", result.exit_code, result.err);
    fault_result_free(&result);
    free(sandbox_succeed("rm -rf want && cp -r out want"));
    return calls;
}

/* Ends with 75 and says how to go on. Returns how many calls of its kind came behind the signal. */
static long stop_at(const fault_plan *plan, const char *arguments) {
    fault_result result = fault_run(plan, arguments);
    long behind = result.calls - plan->at;
    if (result.exit_code != 75 || result.faults != 1)
        fail_msg("%s: exit %d, %ld signals: %s", fault_plan_text(plan), result.exit_code, result.faults, result.err);
    if (strstr(result.err, "stopped by a signal") == NULL || strstr(result.err, "weft run ") == NULL)
        fail_msg("%s: it does not say how to go on: %s", fault_plan_text(plan), result.err);
    fault_result_free(&result);
    return behind;
}

/* --resume ends with the outputs of a run that nothing happened to. */
static void check_resume(const fault_plan *plan) {
    const fault_plan none = {.settings = plan->settings};
    fault_result result = fault_run(&none, "--resume");
    if (result.exit_code != 0)
        fail_msg("%s, then --resume: exit %d: %s", fault_plan_text(plan), result.exit_code, result.err);
    fault_result_free(&result);
    free(sandbox_succeed("for i in want/merged_data_small*; do case $i in *.json) continue;; esac; "
                         "cmp $i out/${i#want/} || exit 1; done"));
}

/* A signal at one of the plan's calls, at the first, in the middle and near the end: of all that are to come, at most
 * `most` are made. */
static void check_soon(const fault_plan *asked, long max) {
    fault_plan plan = *asked;
    long calls = count_calls(&plan, "");
    const long places[] = {1, calls / 2, calls - 2 * max - 2};
    fault_clear();
    plan.action = "SIGTERM";
    assert_true(calls > 4 * (max + 1)); /* or it would say nothing */
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        plan.at = places[i];
        long behind = stop_at(&plan, "");
        print_message("%s: %ld calls of %ld came behind the signal\n", fault_plan_text(&plan), behind, calls - plan.at);
        if (behind > max) fail_msg("%s: %ld calls behind the signal", fault_plan_text(&plan), behind);
        if (i == 0) check_resume(&plan);
        fault_clear();
    }
}

/* --- any time --- */

static void signal_at_each(const fault_plan *asked, long step) {
    static const char *const signals[] = {"SIGINT", "SIGTERM", "SIGHUP"};
    fault_plan plan = *asked;
    fault_sample sample = fault_run_sample(asked, step, NULL);
    long stopped = 0, runs = 0;
    for (int64_t i = 0; i < sample.count; i++) {
        plan.at = (long)sample.calls[i];
        plan.action = signals[runs++ % 3];
        fault_result result = fault_run(&plan, "");
        if (result.exit_code != 75 && result.exit_code != 0)
            fail_msg("%s: exit %d: %s", fault_plan_text(&plan), result.exit_code, result.err);
        fault_check_whole_or_absent(&result, &plan);
        stopped += result.exit_code == 75;
        if (result.exit_code == 0) fault_check_same(&plan);
        (void)fault_check_resume(&plan);
        fault_result_free(&result);
        fault_clear();
    }
    fault_sample_dispose(&sample);
    print_message("at %ld calls (%s): %ld runs ended with 75\n", runs, plan.on, stopped);
    assert_true(stopped > 0);
}

static void test_a_signal_at_any_call_ends_a_run_that_can_be_gone_on_with(void **state) {
    (void)state;
    signal_at_each(&(fault_plan){.on = "open,write,sync,rename,truncate,close,unlink,mkdir,read"}, 25);
    signal_at_each(&(fault_plan){.on = "open,read", .folder = "in"}, 8);
}

/* The second one ends the process as if weft did not catch it, at that very call. */
static void test_a_second_signal_of_any_kind_ends_a_run_at_once(void **state) {
    (void)state;
    static const struct {
        const char *both;
        int second;
    } pairs[] = {{"SIGINT+SIGINT", SIGINT},  {"SIGINT+SIGTERM", SIGTERM},  {"SIGINT+SIGHUP", SIGHUP},
                 {"SIGTERM+SIGINT", SIGINT}, {"SIGTERM+SIGTERM", SIGTERM}, {"SIGTERM+SIGHUP", SIGHUP},
                 {"SIGHUP+SIGINT", SIGINT},  {"SIGHUP+SIGTERM", SIGTERM},  {"SIGHUP+SIGHUP", SIGHUP}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!is_chosen(i, 4)) continue;
        const fault_plan plan = {.on = "all", .action = pairs[i].both, .at = 30 + (long)i};
        fault_result result = fault_run(&plan, "");
        assert_int_equal(result.exit_code, 128 + pairs[i].second);
        assert_int_equal(result.calls, plan.at + 1);
        assert_int_equal(result.faults, 2);
        fault_check_whole_or_absent(&result, &plan);
        (void)fault_check_resume(&plan);
        fault_result_free(&result);
        fault_clear();
    }
}

/* --- long loops --- */

/* As many names for one raster as would take seconds to open. */
static void test_a_signal_while_files_are_opened(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir in/tiles && for i in $(seq 100); do ln in/dem.tif in/tiles/$i.tif || exit 1; done"));
    check_soon(&(fault_plan){.folder = "in",
                             .on = "open",
                             .match = "/tiles/",
                             .settings = "--set datasets.1.path=in/tiles/*.tif --set datasets.1.mosaic=first"},
               8);
    free(sandbox_succeed("rm -r in/tiles"));
}

/* The files that a raster refers to are looked through one by one, those under a VRT's VRTs as well. GDAL opens all
 * that a VRT names in one call, most of them twice, and cannot be stopped there. */
static void test_a_signal_while_the_files_under_a_vrt_are_listed(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir in/tiles && gdalbuildvrt -q in/tiles/1.vrt in/dem.tif && "
                         "for i in $(seq 2 100); do cp in/tiles/1.vrt in/tiles/$i.vrt || exit 1; done && "
                         "gdalbuildvrt -q in/all.vrt in/tiles/*.vrt"));
    check_soon(
        &(fault_plan){.folder = "in", .on = "open", .match = "/tiles/", .settings = "--set datasets.1.path=in/all.vrt"},
        250);
    free(sandbox_succeed("rm -r in/tiles in/all.vrt"));
}

/* What an interrupted run has on disk is read for its checksum before it is gone on with: 256 KiB at a time. */
static void test_a_signal_while_outputs_are_hashed_before_a_resume(void **state) {
    (void)state;
    static const char *const parts[] = {"small.csv.part", "small.csv.gz.part", "small.parquet.part"};
    fault_plan plan = {.on = "write", .match = parts[0], .action = "SIGTERM", .settings = LARGE};
    plan.at = count_calls(&plan, "") - 1;
    fault_clear();
    (void)stop_at(&plan, "");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const fault_plan hashing = {.on = "read", .match = parts[i], .action = "SIGTERM", .at = 1, .settings = LARGE};
        assert_int_equal(stop_at(&hashing, "--resume"), 0);
    }
    const fault_plan spool = {
        .on = "read", .match = "row_groups.spool", .action = "SIGTERM", .at = 1, .settings = LARGE};
    assert_int_equal(stop_at(&spool, "--resume"), 0);
    const fault_plan state_file = {
        .on = "read", .match = "state.sqlite", .action = "SIGTERM", .at = 1, .settings = LARGE};
    (void)stop_at(&state_file, "--resume");
    fault_result last = fault_run(&(fault_plan){.settings = LARGE}, "--resume");
    assert_int_equal(last.exit_code, 0);
    assert_non_null(strstr(last.err, "continues after row "));
    fault_result_free(&last);
    check_resume(&plan);
    fault_clear();
}

/* What dead runs have left is looked through by the next run's start. */
static void test_a_signal_while_dead_runs_are_swept(void **state) {
    (void)state;
    fault_result dead = fault_run(&(fault_plan){.on = "rename", .action = "kill", .at = 1}, "");
    assert_int_equal(dead.exit_code, 128 + 9);
    fault_result_free(&dead);
    free(sandbox_succeed("mv out/.weft/small dead && rm out/*.part && "
                         "for i in $(seq 100); do cp -r dead out/.weft/dead$i || exit 1; done"));
    const fault_plan plan = {.on = "open", .match = "/.weft/dead", .action = "SIGTERM", .at = 10};
    long behind = stop_at(&plan, "");
    print_message("%ld calls came behind the signal\n", behind);
    assert_true(behind < 20);
    free(sandbox_succeed("[ -e out/.weft/dead99/lock ] && rm -r dead"));
    fault_clear();
}

#define TILES "--set grid.resolution=[1.2,0.8] --set export.formats=[geotiff]" /* 210, 21 in a row */

/* GDAL writes the tiles that it has, and marks the others as empty: they come in few and large writes. */
static void test_a_signal_while_a_stack_is_written(void **state) {
    (void)state;
    check_soon(&(fault_plan){.on = "write", .match = ".tif.part", .settings = TILES}, 22);
}

/* 256 KiB at a time: the last reads of its file, behind those of the check. */
static void test_a_signal_while_a_stack_is_hashed(void **state) {
    (void)state;
    fault_plan plan = {.on = "read", .match = ".tif.part", .action = "SIGTERM", .settings = TILES};
    plan.at = count_calls(&plan, "") - 10;
    fault_clear();
    assert_int_equal(stop_at(&plan, ""), 0);
    fault_clear();
}

/* SQLite looks up every so many steps, which is every few dozen pages. */
static void test_a_signal_while_a_database_is_checked(void **state) {
    (void)state;
    check_soon(&(fault_plan){.on = "read", .match = ".sqlite.part", .settings = LARGE "--set export.formats=[sqlite]"},
               100);
}

/* GDAL looks up after each piece that it copies, of 10 MB or less before it is compressed. */
static void test_a_signal_while_a_cog_is_made(void **state) {
    (void)state;
    check_soon(&(fault_plan){.on = "write",
                             .match = "cog.tif",
                             .settings = "--set grid.resolution=1.5 --set export.formats=[cog]"},
               70);
}

static void test_a_signal_while_pictures_are_drawn(void **state) {
    (void)state;
    check_soon(
        &(fault_plan){.on = "write", .match = "_landsat_1.png.part", .settings = LARGE "--set export.formats=[png]"},
        8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signal_at_any_call_ends_a_run_that_can_be_gone_on_with),
        cmocka_unit_test(test_a_second_signal_of_any_kind_ends_a_run_at_once),
        cmocka_unit_test(test_a_signal_while_files_are_opened),
        cmocka_unit_test(test_a_signal_while_the_files_under_a_vrt_are_listed),
        cmocka_unit_test(test_a_signal_while_outputs_are_hashed_before_a_resume),
        cmocka_unit_test(test_a_signal_while_dead_runs_are_swept),
        cmocka_unit_test(test_a_signal_while_a_stack_is_written),
        cmocka_unit_test(test_a_signal_while_a_stack_is_hashed),
        cmocka_unit_test(test_a_signal_while_a_database_is_checked),
        cmocka_unit_test(test_a_signal_while_a_cog_is_made),
        cmocka_unit_test(test_a_signal_while_pictures_are_drawn),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
