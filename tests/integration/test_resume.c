/* Runs that are stopped, by signals, memory and kills, and gone on with: to the same bytes.
 *
 * Expected bytes are those of a run that nobody stopped. $WEFT_KILLS says how many kills there are; six else.
 *
 * SPDX-License-Identifier: MIT */
#include "integration/resume_rig.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const settings[] = {
    "--set threads=1 --set merge.streaming_chunk_size=7",
    "--set threads=3 --set merge.streaming_chunk_size=64 --set memory.limit=1GiB",
    "--set threads=2 --set merge.enable_streaming=false --set merge.chunk_size=11",
    "--set merge.streaming_chunk_size=1 --set resampling.window_size=100",
    "--set threads=3 --set merge.enable_streaming=false --set merge.chunk_size=500",
#ifndef WEFT_SANITIZED
    "--set threads=1 --set memory.limit=112MiB",
#endif
};
#define SETTINGS (sizeof settings / sizeof *settings)

/* No output has its final name before the run ends with 0. */
static void expect_no_final_name(void) {
    for (size_t i = 0; i < RESUME_FORMATS; i++) {
        char first[64], second[64];
        (void)snprintf(first, sizeof first, "first/merged_data_resume.%s", resume_formats[i]);
        (void)snprintf(second, sizeof second, "out/merged_data_resume.%s", resume_formats[i]);
        if (sandbox_exists(second) && !sandbox_same(first, second)) fail_msg("%s is there and not whole", second);
    }
}

static void check_state_file(void) {
    if (!sandbox_exists("out/.weft/resume/state.sqlite")) return;
    char *verdict = sandbox_succeed("sqlite3 out/.weft/resume/state.sqlite 'pragma integrity_check'");
    assert_string_equal(verdict, "ok\n");
    free(verdict);
}

static void test_killed_runs_go_on_to_the_same_bytes(void **state) {
    (void)state;
    const char *wanted = getenv("WEFT_KILLS");
    int left = wanted != NULL ? atoi(wanted) : 2, round = 0, killed = 0, jobs = 0;
    srandom(20);
    while (left > 0) {
        free(sandbox_succeed("rm -rf out"));
        for (int attempt = 0, code = -1; code != 0; attempt++, round++) {
            bool stops = attempt < 4 && left > 0;
            pid_t child = resume_start("\"$WEFT\" run --progress none %s %s config.yml", attempt > 0 ? "--resume" : "",
                                       settings[(size_t)random() % SETTINGS]);
            if (stops) resume_pause(resume_whole_seconds * (double)(random() % 1000) / 1000);
            if (stops) (void)kill(child, SIGKILL);
            code = sandbox_end_of(child);
            /* Those that came when the run had ended do not count. */
            left -= code == -SIGKILL;
            killed += code == -SIGKILL;
            check_state_file();
            expect_no_final_name();
            if (code != 0 && code != -SIGKILL) resume_expect_said("said", "exit code 0");
        }
        resume_expect_whole();
        jobs++;
    }
    print_message("%d jobs of csv, csv.gz and parquet, killed %d times, in %d runs\n", jobs, killed, round);
    assert_true(killed > 0);
}

static void test_a_signal_leaves_a_run_that_says_how_to_go_on(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (!is_chosen(i, 3)) continue;
        char phase[32];
        free(sandbox_succeed("rm -rf out"));
        assert_int_equal(resume_stop("", signals[i]), 75);
        assert_true(resume_stop_seconds < RESUME_MAX_SECONDS);
        resume_expect_said("said", "to go on where it stopped: weft run ");
        resume_expect_said("said", "config.yml --set threads=1 --set merge.streaming_chunk_size=4 --resume\n");
        double percent = resume_progress("resume", phase, sizeof phase);
        assert_string_equal(phase, "interrupted");
        assert_true(percent > 5 && percent < 100);
        assert_true(sandbox_exists("out/merged_data_resume.csv.part"));
        assert_false(sandbox_exists("out/merged_data_resume.csv"));
        /* The command that was said, word for word. */
        free(sandbox_succeed("sed -n 's/.*stopped: weft/\"$WEFT\"/p' said | sh 2>again"));
        resume_expect_said("again", "resume continues after row ");
        resume_expect_whole();
        (void)resume_progress("resume", phase, sizeof phase);
        assert_string_equal(phase, "finished");
    }
}

/* One chunk is all of the grid here, and takes many times as long as a signal leaves for it. */
static void test_a_signal_ends_a_run_within_5_seconds_whatever_a_chunk_takes(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    pid_t child = resume_start("\"$WEFT\" run --progress none --set merge.streaming_chunk_size=100000 "
                               "--set grid.resolution=2 --set export.formats='[csv, csv.gz, parquet]' config.yml");
    for (int i = 0; i < 2000 && !sandbox_exists("out/merged_data_resume.csv.part"); i++)
        resume_pause(0.005);
    resume_pause(0.5);
    double asked = resume_now();
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(sandbox_end_of(child), 75);
    double took = resume_now() - asked;
    print_message("the signal was followed after %.1f s\n", took);
    assert_true(took < RESUME_MAX_SECONDS);
    resume_expect_said("said", " weft run ");
    resume_expect_said("said", "config.yml --set merge.streaming_chunk_size=100000 ");
    resume_expect_said("said", " --resume\n");
    assert_false(sandbox_exists("out/merged_data_resume.csv"));
}

static void test_a_hangup_that_is_ignored_stays_ignored(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(signal(SIGHUP, SIG_IGN) == SIG_ERR, 0);
    assert_int_equal(resume_stop("", SIGHUP), 0);
    (void)signal(SIGHUP, SIG_DFL);
    resume_expect_whole();
}

static void test_a_run_without_a_name_of_its_own_is_found(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; grep -v '^experiment' config.yml >unnamed.yml"));
    pid_t child =
        resume_start("\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 unnamed.yml");
    free(sandbox_succeed("for i in $(seq 400); do sleep 0.005; \"$WEFT\" runs out --format csv 2>&1 | "
                         "awk -F, 'NR > 1 && $3 > 5 { found = 1 } END { exit !found }' && break; done"));
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(sandbox_end_of(child), 75);
    resume_expect_said("said", " --set experiment=unnamed_");
    /* Of another configuration: not taken. Names that are made hold the second. */
    resume_pause(1.1);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set grid.resolution=500 unnamed.yml 2>said"));
    resume_expect_said("said", "nothing to resume: it starts from the beginning");
    char *out =
        sandbox_succeed("rm out/*.csv; \"$WEFT\" run --progress none --resume unnamed.yml 2>said; ls out/*.csv");
    resume_expect_said("said", " continues after row ");
    free(out);
    free(sandbox_succeed("cmp first/merged_data_resume.csv out/merged_data_unnamed_*.csv; "
                         "cmp first/merged_data_resume.parquet $(ls -S out/merged_data_unnamed_*.parquet | head -1)"));
}

static void test_a_second_run_is_refused_with_the_first_one_s_process(void **state) {
    (void)state;
    char part[64];
    free(sandbox_succeed("rm -rf out"));
    pid_t child =
        resume_start("\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 config.yml");
    for (int i = 0; i < RESUME_PAUSES && !sandbox_exists("out/merged_data_resume.csv.part"); i++)
        resume_pause(0.005);
    assert_int_equal(kill(child, SIGSTOP), 0);
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none config.yml");
    assert_int_equal(result.exit_code, 73);
    (void)snprintf(part, sizeof part, "experiment resume, process %ld", (long)child);
    assert_non_null(strstr(result.err, part));
    sandbox_result_free(&result);
    assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(sandbox_end_of(child), 0);
    resume_expect_whole();
}

static void test_the_scratch_of_dead_runs_goes_and_of_live_ones_stays(void **state) {
    (void)state;
    char phase[32];
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(resume_stop("", SIGKILL), -SIGKILL);
    free(sandbox_succeed("mkdir out/.weft/resume/deep; "
                         "touch out/.weft/resume/layer-0.scratch out/.weft/resume/deep/file"));
    pid_t live =
        resume_start("env NAME=live \"$WEFT\" run --progress none --set merge.streaming_chunk_size=4 config.yml");
    for (int i = 0; i < RESUME_PAUSES && resume_progress("live", phase, sizeof phase) < 1; i++)
        resume_pause(0.005);
    /* Not in the midst of a checkpoint, when its state is locked. */
    for (int i = 0; i < 20; i++) {
        assert_int_equal(kill(live, SIGSTOP), 0);
        if (resume_progress("live", phase, sizeof phase) >= 0) break;
        assert_int_equal(kill(live, SIGCONT), 0);
        resume_pause(0.01);
    }
    assert_string_equal(phase, "running");
    (void)resume_progress("resume", phase, sizeof phase);
    assert_string_equal(phase, "dead");
    free(sandbox_succeed("for name in live gone; do mkdir -p out/.weft/$name/deep; "
                         "touch out/.weft/$name/layer-0.scratch out/.weft/$name/deep/file; done"));
    free(sandbox_succeed("NAME=other \"$WEFT\" run --progress none --set grid.resolution=500 config.yml"));
    assert_true(sandbox_exists("out/.weft/gone")); /* whose it is, nobody can tell */
    assert_false(sandbox_exists("out/.weft/resume/deep"));
    assert_false(sandbox_exists("out/.weft/resume/layer-0.scratch"));
    assert_true(sandbox_exists("out/.weft/resume/row_groups.spool"));
    assert_true(sandbox_exists("out/.weft/live/layer-0.scratch"));
    assert_true(sandbox_exists("out/.weft/live/deep/file"));
    assert_int_equal(kill(live, SIGCONT), 0);
    assert_int_equal(sandbox_end_of(live), 0);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml"));
    resume_expect_whole();
}

static void test_a_run_that_memory_ended_goes_on(void **state) {
    (void)state;
    /* A chunk is a row; those before the last two in the file are durable. */
    sandbox_write("script", "40 until out/merged_data_resume.csv.part 100000\n95\n");
    sandbox_result result = sandbox_run("rm -rf out; PATIENCE_MS=100 \"$PRESSURED\" config.yml script "
                                        "merge.streaming_chunk_size=1 threads=1 merge.min_chunk_size=1");
    if (result.exit_code != 71) fail_msg("exit code %d:\n%s", result.exit_code, result.err);
    sandbox_result_free(&result);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    resume_expect_said("said", "resume continues after row ");
    resume_expect_whole();
}

static void test_formats_that_cannot_go_on_are_made_anew_beside_those_that_do(void **state) {
    (void)state;
    static const char all[] =
        "--set grid.resolution=40 --set export.formats='[csv, csv.gz, parquet, sqlite, geotiff, cog, png]'";
    free(sandbox_succeed("rm -rf out whole; OUT=whole \"$WEFT\" run --progress none %s config.yml", all));
    assert_int_equal(resume_stop(all, SIGKILL), -SIGKILL);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set threads=3 %s config.yml 2>said", all));
    resume_expect_said("said", "resume continues after row ");
    free(sandbox_succeed("for file in whole/*; do case $file in *.json | */metrics*) ;; "
                         "*) cmp $file out/${file#whole/} || exit 1 ;; esac; done; ! ls out/*.part"));
}

int main(void) {
    const struct CMUnitTest kills[] = {cmocka_unit_test(test_killed_runs_go_on_to_the_same_bytes)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signal_leaves_a_run_that_says_how_to_go_on),
        cmocka_unit_test(test_a_signal_ends_a_run_within_5_seconds_whatever_a_chunk_takes),
        cmocka_unit_test(test_a_hangup_that_is_ignored_stays_ignored),
        cmocka_unit_test(test_a_run_without_a_name_of_its_own_is_found),
        cmocka_unit_test(test_a_second_run_is_refused_with_the_first_one_s_process),
        cmocka_unit_test(test_the_scratch_of_dead_runs_goes_and_of_live_ones_stays),
        cmocka_unit_test(test_a_run_that_memory_ended_goes_on),
        cmocka_unit_test(test_formats_that_cannot_go_on_are_made_anew_beside_those_that_do),
    };
    int failed = cmocka_run_group_tests(kills, resume_setup, sandbox_teardown);
    return failed + cmocka_run_group_tests(tests, resume_setup, sandbox_teardown);
}
