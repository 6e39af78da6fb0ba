/* Runs that are stopped, by signals, faults and kills, and gone on with: to the same bytes, or refused by name.
 *
 * Expected bytes are those of a run that nobody stopped. $WEFT_KILLS says how many kills there are; a dozen else.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Under a sanitizer everything takes ten times as long. */
#ifdef WEFT_SANITIZED
#define RESOLUTION   "30" /* more cells than a row group of Parquet has */
#define MOST_SECONDS 30
#else
#define RESOLUTION   "25"
#define MOST_SECONDS 5
#endif

static const char config[] = "experiment: ${NAME:-resume}\n"
                             "output_dir: ${OUT:-out}\n"
                             "threads: 2\n"
                             "grid: {crs: 'EPSG:31985', resolution: " RESOLUTION ", extent: landsat}\n"
                             "datasets:\n"
                             "  - {name: landsat, path: landsat7.tif, method: cubic}\n"
                             "  - {name: elevation, path: dem.vrt, method: average}\n"
                             "merge: {enable_streaming: true, streaming_chunk_size: 20}\n"
                             "export: {formats: [csv, csv.gz, parquet], stats: true, checkpoint_interval: 0s}\n";

static const char *const formats[] = {"csv", "csv.gz", "parquet"};
#define FORMATS (sizeof formats / sizeof *formats)

static double whole_seconds; /* of a run that is not stopped */
static double stop_seconds;  /* between a signal and the end of a run */

/* --- starting and stopping --- */

static pid_t start(const char *format, ...) __attribute__((format(printf, 1, 2)));
static pid_t start(const char *format, ...) {
    char arguments[2048], command[2200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    (void)snprintf(command, sizeof command, "exec %s >said 2>&1", arguments);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* The exit code, or 128 and the signal. */
static int end_of(pid_t child) {
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void pause_seconds(double seconds) {
    struct timespec length = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&length, NULL);
}

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What `weft runs` says of a run of `out`, or -1 and "". */
static double progress_of(const char *experiment, char *state, size_t capacity) {
    char *text = sandbox_succeed("mkdir -p out; \"$WEFT\" runs out --format json");
    json_t *root = json_loads(text, 0, NULL), *entry;
    size_t i;
    double percent = -1;
    (void)snprintf(state, capacity, "%s", "");
    json_array_foreach(root, i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "experiment_id")), experiment) != 0) continue;
        percent = json_number_value(json_object_get(entry, "progress_percent"));
        (void)snprintf(state, capacity, "%s", json_string_value(json_object_get(entry, "state")));
    }
    json_decref(root);
    free(text);
    return percent;
}

/* Starts a run in `out` and stops it with `number` once so much of it is on disk. Returns how it ended. */
static int stop_run_behind(double percent, const char *settings, int number) {
    char state[32];
    pid_t child = start(
        "\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 %s config.yml", settings);
    for (int i = 0; i < 400 && progress_of("resume", state, sizeof state) < percent; i++)
        pause_seconds(0.005);
    double asked = now_seconds();
    assert_int_equal(kill(child, number), 0);
    int code = end_of(child);
    stop_seconds = now_seconds() - asked;
    return code;
}

static int stop_run(const char *settings, int number) {
    return stop_run_behind(5, settings, number);
}

static void expect_said(const char *path, const char *part) {
    char *said = sandbox_read(path, NULL);
    if (strstr(said, part) == NULL) fail_msg("\"%s\" is not in:\n%s", part, said);
    free(said);
}

static void expect_whole(void) {
    for (size_t i = 0; i < FORMATS; i++) {
        char first[64], second[64];
        (void)snprintf(first, sizeof first, "first/merged_data_resume.%s", formats[i]);
        (void)snprintf(second, sizeof second, "out/merged_data_resume.%s", formats[i]);
        if (!sandbox_same(first, second)) fail_msg("%s differs", second);
    }
    /* All of the metadata but times (also of inputs, which tests touch) and places: hashes and statistics too. */
    free(sandbox_succeed(
        "for folder in first out; do grep -v '\"started\\|\"ended\\|\"configuration\"\\|^ *[0-9]\\{15,\\}' "
        "$folder/merged_data_resume.metadata.json >$folder.json; done; cmp first.json out.json"));
    assert_false(sandbox_exists("out/merged_data_resume.csv.part"));
    assert_false(sandbox_exists("out/.weft/resume"));
}

static void check_state_file(void) {
    if (!sandbox_exists("out/.weft/resume/state.sqlite")) return;
    char *verdict = sandbox_succeed("sqlite3 out/.weft/resume/state.sqlite 'pragma integrity_check'");
    assert_string_equal(verdict, "ok\n");
    free(verdict);
}

/* --- the tests --- */

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
    for (size_t i = 0; i < FORMATS; i++) {
        char first[64], second[64];
        (void)snprintf(first, sizeof first, "first/merged_data_resume.%s", formats[i]);
        (void)snprintf(second, sizeof second, "out/merged_data_resume.%s", formats[i]);
        if (sandbox_exists(second) && !sandbox_same(first, second)) fail_msg("%s is there and not whole", second);
    }
}

static void test_killed_runs_go_on_to_the_same_bytes(void **state) {
    (void)state;
    const char *wanted = getenv("WEFT_KILLS");
    int left = wanted != NULL ? atoi(wanted) : 12, round = 0, killed = 0, jobs = 0;
    srandom(20);
    while (left > 0) {
        free(sandbox_succeed("rm -rf out"));
        for (int attempt = 0, code = -1; code != 0; attempt++, round++) {
            bool stops = attempt < 4 && left > 0;
            pid_t child = start("\"$WEFT\" run --progress none %s %s config.yml", attempt > 0 ? "--resume" : "",
                                settings[(size_t)random() % SETTINGS]);
            if (stops) pause_seconds(whole_seconds * (double)(random() % 1000) / 1000);
            if (stops) (void)kill(child, SIGKILL);
            code = end_of(child);
            /* Those that came when the run had ended do not count. */
            left -= code == 128 + SIGKILL;
            killed += code == 128 + SIGKILL;
            check_state_file();
            expect_no_final_name();
            if (code != 0 && code != 128 + SIGKILL) expect_said("said", "exit code 0");
        }
        expect_whole();
        jobs++;
    }
    print_message("%d jobs of csv, csv.gz and parquet, killed %d times, in %d runs\n", jobs, killed, round);
    assert_true(killed > 0);
}

static void test_a_signal_leaves_a_run_that_says_how_to_go_on(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        char phase[32];
        free(sandbox_succeed("rm -rf out"));
        assert_int_equal(stop_run("", signals[i]), 75);
        assert_true(stop_seconds < MOST_SECONDS);
        expect_said("said", "to go on where it stopped: weft run ");
        expect_said("said", "config.yml --set threads=1 --set merge.streaming_chunk_size=4 --resume\n");
        double percent = progress_of("resume", phase, sizeof phase);
        assert_string_equal(phase, "interrupted");
        assert_true(percent > 5 && percent < 100);
        assert_true(sandbox_exists("out/merged_data_resume.csv.part"));
        assert_false(sandbox_exists("out/merged_data_resume.csv"));
        /* The command that was said, word for word. */
        free(sandbox_succeed("sed -n 's/.*stopped: weft/\"$WEFT\"/p' said | sh 2>again"));
        expect_said("again", "resume goes on behind row ");
        expect_whole();
        (void)progress_of("resume", phase, sizeof phase);
        assert_string_equal(phase, "finished");
    }
}

/* One chunk is all of the grid here, and takes many times as long as a signal leaves for it. */
static void test_a_signal_ends_a_run_within_5_seconds_whatever_a_chunk_takes(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    pid_t child = start("\"$WEFT\" run --progress none --set merge.streaming_chunk_size=100000 "
                        "--set grid.resolution=2 --set export.formats='[csv, csv.gz, parquet]' config.yml");
    for (int i = 0; i < 2000 && !sandbox_exists("out/merged_data_resume.csv.part"); i++)
        pause_seconds(0.005);
    pause_seconds(0.5);
    double asked = now_seconds();
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(end_of(child), 75);
    double took = now_seconds() - asked;
    print_message("the signal was followed after %.1f s\n", took);
    assert_true(took < MOST_SECONDS);
    expect_said("said", " weft run ");
    expect_said("said", "config.yml --set merge.streaming_chunk_size=100000 ");
    expect_said("said", " --resume\n");
    assert_false(sandbox_exists("out/merged_data_resume.csv"));
}

static void test_a_hangup_that_is_ignored_stays_ignored(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(signal(SIGHUP, SIG_IGN) == SIG_ERR, 0);
    assert_int_equal(stop_run("", SIGHUP), 0);
    (void)signal(SIGHUP, SIG_DFL);
    expect_whole();
}

/* Runs --resume and expects it to be refused, saying `part`, with all left as it was. */
static void expect_refused(const char *arguments, const char *part) {
    free(sandbox_succeed("cp out/merged_data_resume.csv.part before"));
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none --resume %s config.yml 2>said", arguments);
    assert_int_equal(result.exit_code, 65);
    expect_said("said", part);
    assert_true(sandbox_same("before", "out/merged_data_resume.csv.part"));
    sandbox_result_free(&result);
}

static void test_what_changed_is_named_and_nothing_is_lost(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; touch -d 2020-01-01T00:00:00Z dem.tif landsat7.tif"));
    assert_int_equal(stop_run("", SIGKILL), 128 + SIGKILL);
    expect_refused("--set export.rows=any", "export.rows was \"all\" and is \"any\"");
    expect_refused("--set datasets.0.method=bilinear", "datasets.0.method was \"cubic\" and is \"bilinear\"");
    expect_refused("--set grid.resolution=41", "grid.resolution was \"" RESOLUTION "\" and is \"41\"");
    expect_refused("--set resampling.transform_tolerance=0", "resampling.transform_tolerance was \"0.05\"");
    /* A file under a VRT, then one that is named itself. */
    free(sandbox_succeed("touch -d 2021-01-01T00:00:00Z dem.tif"));
    expect_refused("", "dem.tif: changed since experiment resume began: of 2020-01-01T00:00:00.000Z then, of "
                       "2021-01-01T00:00:00.000Z now");
    free(sandbox_succeed("touch -d 2020-01-01T00:00:00Z dem.tif; cp -p landsat7.tif kept.tif; echo >>landsat7.tif"));
    expect_refused("", "landsat7.tif: changed since experiment resume began: ");
    free(sandbox_succeed("mv kept.tif landsat7.tif; echo '<PAMDataset/>' >landsat7.tif.aux.xml"));
    expect_refused("", "landsat7.tif.aux.xml: was not there when experiment resume began");
    free(sandbox_succeed("rm landsat7.tif.aux.xml"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set threads=3 config.yml"));
    expect_whole();
}

static void test_a_finished_run_says_so_unless_its_outputs_are_gone(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none --resume config.yml 2>said"));
    expect_said("said", "resume: nothing to resume: it starts anew");
    expect_whole();
    char *out = sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said");
    expect_said("said", "resume is finished: there is nothing to resume");
    assert_string_equal(out, "");
    free(out);
    expect_whole();
    free(sandbox_succeed("rm out/*.csv; \"$WEFT\" run --progress none --resume config.yml 2>said"));
    expect_said("said", "resume is finished, but its outputs are gone: it starts anew");
    expect_whole();
}

static void test_a_run_without_a_name_of_its_own_is_found(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; grep -v '^experiment' config.yml >unnamed.yml"));
    pid_t child = start("\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 unnamed.yml");
    free(sandbox_succeed("for i in $(seq 400); do sleep 0.005; \"$WEFT\" runs out --format csv 2>&1 | "
                         "awk -F, 'NR > 1 && $3 > 5 { found = 1 } END { exit !found }' && break; done"));
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(end_of(child), 75);
    expect_said("said", " --set experiment=unnamed_");
    /* Of another configuration: not taken. Names that are made hold the second. */
    pause_seconds(1.1);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set grid.resolution=500 unnamed.yml 2>said"));
    expect_said("said", "nothing to resume: it starts anew");
    char *out =
        sandbox_succeed("rm out/*.csv; \"$WEFT\" run --progress none --resume unnamed.yml 2>said; ls out/*.csv");
    expect_said("said", " goes on behind row ");
    free(out);
    free(sandbox_succeed("cmp first/merged_data_resume.csv out/merged_data_unnamed_*.csv; "
                         "cmp first/merged_data_resume.parquet $(ls -S out/merged_data_unnamed_*.parquet | head -1)"));
}

static void test_a_second_run_is_refused_with_the_first_one_s_process(void **state) {
    (void)state;
    char part[64];
    free(sandbox_succeed("rm -rf out; mkfifo hold"));
    pid_t child = start("\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 config.yml");
    for (int i = 0; i < 400 && !sandbox_exists("out/merged_data_resume.csv.part"); i++)
        pause_seconds(0.005);
    assert_int_equal(kill(child, SIGSTOP), 0);
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none config.yml");
    assert_int_equal(result.exit_code, 73);
    (void)snprintf(part, sizeof part, "experiment resume, process %ld", (long)child);
    assert_non_null(strstr(result.err, part));
    sandbox_result_free(&result);
    assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(end_of(child), 0);
    expect_whole();
}

static void test_the_scratch_of_dead_runs_goes_and_of_live_ones_stays(void **state) {
    (void)state;
    char phase[32];
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(stop_run("", SIGKILL), 128 + SIGKILL);
    free(sandbox_succeed("mkdir out/.weft/resume/deep; "
                         "touch out/.weft/resume/layer-0.scratch out/.weft/resume/deep/file"));
    pid_t live = start("env NAME=live \"$WEFT\" run --progress none --set merge.streaming_chunk_size=4 config.yml");
    for (int i = 0; i < 400 && progress_of("live", phase, sizeof phase) < 1; i++)
        pause_seconds(0.005);
    /* Not in the midst of a checkpoint, when its state is locked. */
    for (int i = 0; i < 20; i++) {
        assert_int_equal(kill(live, SIGSTOP), 0);
        if (progress_of("live", phase, sizeof phase) >= 0) break;
        assert_int_equal(kill(live, SIGCONT), 0);
        pause_seconds(0.01);
    }
    assert_string_equal(phase, "running");
    (void)progress_of("resume", phase, sizeof phase);
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
    assert_int_equal(end_of(live), 0);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml"));
    expect_whole();
}

/* A file size limit is a disk that is full; a folder in the way stops the last step. */
static void test_faults_of_the_disk_leave_a_run_to_go_on_with(void **state) {
    (void)state;
    sandbox_result result = sandbox_run("rm -rf out; trap '' XFSZ; "
                                        "ulimit -f $(($(stat -c %%s first/merged_data_resume.csv) / 1024)); "
                                        "\"$WEFT\" run --progress none --set metrics.database=/dev/null config.yml");
    assert_int_equal(result.exit_code, 74);
    assert_non_null(strstr(result.err, "to go on where it stopped: weft run "));
    sandbox_result_free(&result);
    free(sandbox_succeed("mkdir -p out/merged_data_resume.csv/full"));
    result = sandbox_run("\"$WEFT\" run --progress none --resume config.yml");
    assert_int_equal(result.exit_code, 74);
    assert_non_null(strstr(result.err, "merged_data_resume.csv: is a folder, not a file that weft may write"));
    sandbox_result_free(&result);
    free(sandbox_succeed("rm -r out/merged_data_resume.csv; \"$WEFT\" run --progress none --resume config.yml"));
    expect_whole();
}

static void test_a_run_that_memory_ended_goes_on(void **state) {
    (void)state;
    sandbox_write("script", "40 *6\n95\n");
    sandbox_result result = sandbox_run("rm -rf out; PATIENCE_MS=100 \"$PRESSURED\" config.yml script "
                                        "merge.streaming_chunk_size=1 threads=1 merge.min_chunk_size=1");
    if (result.exit_code != 71) fail_msg("exit code %d:\n%s", result.exit_code, result.err);
    sandbox_result_free(&result);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    expect_said("said", "resume goes on behind row ");
    expect_whole();
}

static void test_formats_that_cannot_go_on_are_made_anew_beside_those_that_do(void **state) {
    (void)state;
    static const char all[] = "--set export.formats='[csv, csv.gz, parquet, sqlite, geotiff, cog, png]'";
    free(sandbox_succeed("rm -rf out whole; OUT=whole \"$WEFT\" run --progress none %s config.yml", all));
    assert_int_equal(stop_run(all, SIGKILL), 128 + SIGKILL);
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume --set threads=3 %s config.yml 2>said", all));
    expect_said("said", "resume goes on behind row ");
    free(sandbox_succeed("for file in whole/*; do case $file in *.json | */metrics*) ;; "
                         "*) cmp $file out/${file#whole/} || exit 1 ;; esac; done; ! ls out/*.part"));
}

static void test_a_part_file_that_someone_changed_begins_anew(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(stop_run("", SIGKILL), 128 + SIGKILL);
    free(sandbox_succeed("printf x | dd of=out/merged_data_resume.csv.part bs=1 seek=100 conv=notrunc 2>&1; "
                         "truncate -s 2 out/merged_data_resume.parquet.part"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    expect_said("said", "merged_data_resume.csv.part: its first ");
    expect_said("said", " bytes are not those that were written; this output starts anew");
    expect_said("said", "merged_data_resume.parquet.part: 2 bytes are there, ");
    expect_whole();
}

/* Parquet's footer and the statistics cannot be ended without what their spools hold. The text goes on. */
static void test_an_output_whose_spool_is_gone_or_short_begins_anew(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    /* Behind a row group's 65,536 rows: before, there is nothing in the spool. */
    assert_int_equal(stop_run_behind(65, "", SIGTERM), 75);
    free(sandbox_succeed("rm out/.weft/resume/row_groups.spool; truncate -s 3 out/.weft/resume/statistics.spool"));
    free(sandbox_succeed("\"$WEFT\" run --progress none --resume config.yml 2>said"));
    expect_said("said", "row_groups.spool: 0 bytes are there, ");
    expect_said("said", " were noted; the output parquet starts anew");
    expect_said("said", "statistics.spool: 3 bytes are there, ");
    expect_said("said", "resume goes on behind row ");
    expect_whole();
}

/* Of the length that was noted, with another byte in it; and a part file, where checksums are not wanted. */
static void test_an_output_whose_spool_or_part_was_changed_begins_anew(void **state) {
    (void)state;
    static const char change[] = "printf x | dd of=out/%s bs=1 seek=%d conv=notrunc 2>&1";
    free(sandbox_succeed("rm -rf out"));
    assert_int_equal(stop_run_behind(65, "--set export.checksums=false", SIGTERM), 75);
    free(sandbox_succeed(change, ".weft/resume/row_groups.spool", 20));
    free(sandbox_succeed(change, ".weft/resume/statistics.spool", 20));
    free(sandbox_succeed(change, "merged_data_resume.csv.part", 100));
    free(sandbox_succeed("\"$WEFT\" run --progress none --set export.checksums=false --resume config.yml 2>said"));
    expect_said("said", "row_groups.spool: its first ");
    expect_said("said", "statistics.spool: its first ");
    expect_said("said", "merged_data_resume.csv.part: its first ");
    for (size_t i = 0; i < FORMATS; i++)
        free(sandbox_succeed("cmp first/merged_data_resume.%s out/merged_data_resume.%s", formats[i], formats[i]));
    free(sandbox_succeed("! grep sha256 out/merged_data_resume.metadata.json && for folder in first out; do "
                         "grep -A 7 '\"statistics\"' $folder/merged_data_resume.metadata.json >$folder.json; done; "
                         "[ -s out.json ] && cmp first.json out.json"));
}

static void test_a_fault_of_the_data_leaves_nothing_to_go_on_with(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; cp landsat7.tif kept.tif; "
                         "dd if=/dev/urandom of=landsat7.tif bs=1 seek=200000 count=20000 conv=notrunc 2>&1"));
    sandbox_result result = sandbox_run("\"$WEFT\" run --progress none config.yml; code=$?; ls -A out; exit $code");
    assert_int_equal(result.exit_code, 65);
    assert_string_equal(result.out, "metrics.sqlite\n");
    assert_null(strstr(result.err, "to go on"));
    sandbox_result_free(&result);
    free(sandbox_succeed("mv kept.tif landsat7.tif"));
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    setenv("PRESSURED", WEFT_PRESSURED, 1);
    sandbox_write("config.yml", config);
    free(sandbox_succeed("cp \"$SAMPLE/landsat7.tif\" \"$SAMPLE/dem.tif\" .; gdalbuildvrt -q dem.vrt dem.tif"));
    double began = now_seconds();
    free(sandbox_succeed("OUT=first \"$WEFT\" run --progress none config.yml"));
    whole_seconds = now_seconds() - began;
    return 0;
}

int main(void) {
    const struct CMUnitTest kills[] = {cmocka_unit_test(test_killed_runs_go_on_to_the_same_bytes)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signal_leaves_a_run_that_says_how_to_go_on),
        cmocka_unit_test(test_a_signal_ends_a_run_within_5_seconds_whatever_a_chunk_takes),
        cmocka_unit_test(test_a_hangup_that_is_ignored_stays_ignored),
        cmocka_unit_test(test_what_changed_is_named_and_nothing_is_lost),
        cmocka_unit_test(test_a_finished_run_says_so_unless_its_outputs_are_gone),
        cmocka_unit_test(test_a_run_without_a_name_of_its_own_is_found),
        cmocka_unit_test(test_a_second_run_is_refused_with_the_first_one_s_process),
        cmocka_unit_test(test_the_scratch_of_dead_runs_goes_and_of_live_ones_stays),
        cmocka_unit_test(test_faults_of_the_disk_leave_a_run_to_go_on_with),
        cmocka_unit_test(test_a_run_that_memory_ended_goes_on),
        cmocka_unit_test(test_formats_that_cannot_go_on_are_made_anew_beside_those_that_do),
        cmocka_unit_test(test_a_part_file_that_someone_changed_begins_anew),
        cmocka_unit_test(test_an_output_whose_spool_is_gone_or_short_begins_anew),
        cmocka_unit_test(test_an_output_whose_spool_or_part_was_changed_begins_anew),
        cmocka_unit_test(test_a_fault_of_the_data_leaves_nothing_to_go_on_with),
    };
    int failed = cmocka_run_group_tests(kills, setup, sandbox_teardown);
    return getenv("WEFT_KILLS") != NULL ? failed : failed + cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
