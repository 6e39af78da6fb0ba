/* What a run touches in its output folder: its own, and what dead runs left; nothing behind a link, nothing of others.
 *
 * A canary folder lies beside the output folder; whatever is done, its files stay as they are. $WEFT_STARTS says how
 * often 24 runs start at once in one folder; twice else.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char config[] = "experiment: ${NAME:-own}\n"
                             "output_dir: out\n"
                             "threads: 1\n"
                             "grid: {crs: 'EPSG:31985', resolution: 500, extent: dem}\n"
                             "datasets: [{name: dem, path: dem.tif}]\n"
                             "merge: {enable_streaming: true}\n"
                             "export: {formats: [csv], checkpoint_interval: 0s}\n";

#define RUN "\"$WEFT\" run --progress none config.yml"

/* A run that was killed behind a checkpoint, with a lock that nobody holds and scratch; its experiment is `name`. */
static void make_dead(const char *name) {
    free(sandbox_succeed(
        "NAME=%s \"$WEFT\" run --progress none --set grid.resolution=25 --set merge.streaming_chunk_size=2 config.yml "
        ">/dev/null 2>&1 & "
        "run=$!; for i in $(seq 2000); do [ \"$(sqlite3 out/.weft/%s/state.sqlite 'select rows_done > 0 "
        "from run' 2>/dev/null)\" = 1 ] && break; sleep 0.005; done; kill -KILL $run; "
        "wait $run 2>/dev/null; touch out/.weft/%s/layer.scratch; [ -e out/.weft/%s/lock ]",
        name, name, name, name));
}

static void make_canary(void) {
    free(sandbox_succeed("chmod -R u+rwx out canary 2>/dev/null; rm -rf out canary; mkdir -p canary/deep; "
                         "echo alive >canary/file; echo alive >canary/deep/file; echo alive >canary/lock; "
                         "echo alive >canary/state.sqlite; echo alive >canary/row_groups.spool"));
}

static void check_canary(void) {
    free(sandbox_succeed("[ \"$(cd canary; find . | sort | tr '\\n' ' ')\" = "
                         "'. ./deep ./deep/file ./file ./lock ./row_groups.spool ./state.sqlite ' ] && "
                         "[ $(cat $(find canary -type f) | grep -c '^alive$') = 5 ]"));
}

/* --- other runs' folders --- */

static void test_a_sweep_never_follows_a_link(void **state) {
    (void)state;
    make_canary();
    /* A dead run's folder that would be swept if it lay here itself. */
    make_dead("away");
    free(sandbox_succeed("rm -rf moved; mv out/.weft/away moved; ln -s ../../moved out/.weft/away"));
    make_dead("dead");
    free(sandbox_succeed("ln -s ../../canary out/.weft/other; ln -s ../../../canary out/.weft/dead/inner; "
                         "ln -s ../../../canary/file out/.weft/dead/file.scratch; mkdir out/.weft/dead/real; "
                         "ln -s ../../../../canary out/.weft/dead/real/link"));
    free(sandbox_succeed(RUN));
    check_canary();
    assert_true(sandbox_exists("moved/layer.scratch") && sandbox_exists("moved/lock"));
    assert_true(sandbox_exists("out/.weft/other/file"));
    assert_true(sandbox_exists("out/.weft/dead/state.sqlite"));
    assert_false(sandbox_exists("out/.weft/dead/layer.scratch"));
    assert_false(sandbox_exists("out/.weft/dead/real"));
    assert_false(sandbox_exists("out/.weft/dead/lock"));
    free(sandbox_succeed("NAME=dead \"$WEFT\" run --progress none --resume --set grid.resolution=25 config.yml"));
}

/* A state of a newer weft, a damaged one, one that is locked, one without text where text must be, none at all, and one
 * whose experiment is another. */
static void test_a_folder_that_cannot_be_read_stays(void **state) {
    (void)state;
    make_canary();
    make_dead("dead");
    free(sandbox_succeed("cd out/.weft; for name in newer broken null alien none; do cp -a dead $name; done; "
                         "sqlite3 newer/state.sqlite 'pragma user_version = 99'; "
                         "dd if=/dev/zero of=broken/state.sqlite bs=1024 seek=1 count=4 conv=notrunc 2>&1; "
                         "sqlite3 null/state.sqlite 'pragma writable_schema = on; update sqlite_schema set sql = "
                         "replace(sql, \"experiment_id text not null\", \"experiment_id text\")' && "
                         "sqlite3 null/state.sqlite 'update run set experiment_id = null'; rm none/state.sqlite"));
    free(sandbox_succeed("NAME=own " RUN));
    char *left = sandbox_succeed("cd out/.weft; ls -d */layer.scratch");
    assert_string_equal(left, "alien/layer.scratch\nbroken/layer.scratch\nnewer/layer.scratch\nnone/layer.scratch\n"
                              "null/layer.scratch\n");
    free(left);
}

/* Names in a state may lead anywhere: only part files of its own, in this folder, are believed. */
static void test_paths_in_another_run_s_state_are_not_believed(void **state) {
    (void)state;
    make_canary();
    make_dead("dead");
    free(sandbox_succeed("for name in canary/file out/thesis.csv; do echo alive >$name.part; done; "
                         "ln -s ../canary/file out/merged_data_dead.csv.gz.part; "
                         "sqlite3 out/.weft/dead/state.sqlite \"update outputs set bytes = 0; "
                         "update outputs set path = '$PWD/canary/file' where number = 0; insert into outputs values "
                         "(7, 'csv', '../canary/file', 0, 0, 0, 0, 0, '', ''), (8, 'csv', '$PWD/out/thesis.csv', 0, 0, "
                         "0, 0, 0, '', ''), "
                         "(9, 'csv.gz', '$PWD/out/merged_data_dead.csv.gz', 0, 0, 0, 0, 0, '', ''), "
                         "(10, 'csv', '$PWD/out/merged_data_dead.csv', 0, 0, 0, 0, 0, '', '')\""));
    free(sandbox_succeed(RUN));
    assert_true(sandbox_exists("canary/file.part"));
    assert_true(sandbox_exists("out/thesis.csv.part"));
    assert_true(sandbox_exists("out/merged_data_dead.csv.gz.part"));
    assert_false(sandbox_exists("out/merged_data_dead.csv.part"));
    assert_false(sandbox_exists("out/.weft"));
    free(sandbox_succeed("rm canary/file.part"));
    check_canary();
}

/* --- the run's own --- */

static void test_nothing_of_a_run_is_written_through_a_link(void **state) {
    (void)state;
    static const char *const links[] = {
        "ln -s ../canary out/.weft",
        "mkdir out/.weft; ln -s ../../canary out/.weft/own",
        "mkdir -p out/.weft/own; ln -s ../../../canary/lock out/.weft/own/lock",
        "mkdir -p out/.weft/own; ln -s ../../../canary/state.sqlite out/.weft/own/state.sqlite",
        "mkdir -p out/.weft/own; ln -s ../../../canary/row_groups.spool out/.weft/own/row_groups.spool",
        "mkdir -p out/.weft/own; ln -s ../../../canary/file out/.weft/own/stack.tif",
        "mkdir -p out/.weft/own; mkfifo out/.weft/own/pictures",
        "ln -s ../canary/file out/merged_data_own.csv",
        "ln -s ../canary/file out/merged_data_own.csv.part",
        "ln -s ../canary/new out/merged_data_own.parquet",
        "ln -s ../canary/file out/merged_data_own_dem.png",
        "ln -s ../canary/file out/merged_data_own_dem.png.part",
        "ln -s ../canary/file out/merged_data_own.metadata.json",
        "ln -s ../canary/file out/merged_data_own.metadata.json.part",
        "ln canary/file out/merged_data_own.tif.part",
        "mkdir out/merged_data_own.csv",
        "mkfifo out/merged_data_own.csv",
        "mkfifo out/merged_data_own.csv.part",
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        make_canary();
        free(sandbox_succeed("mkdir out; %s", links[i]));
        sandbox_result result = sandbox_run(
            "timeout 20 \"$WEFT\" run --progress none --set export.formats='[csv, parquet, geotiff, png]' config.yml");
        if (result.exit_code != 74) fail_msg("%s: exit code %d\n%s", links[i], result.exit_code, result.err);
        if (strstr(result.err, ": is ") == NULL) fail_msg("%s: %s", links[i], result.err);
        sandbox_result_free(&result);
        check_canary();
        free(sandbox_succeed("! ls out/*.sqlite 2>/dev/null")); /* before any work */
    }
}

static void test_a_metrics_database_that_is_a_link_is_left_alone(void **state) {
    (void)state;
    make_canary();
    sandbox_result result = sandbox_run("mkdir out; ln -s ../canary/file out/metrics.sqlite; " RUN);
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "metrics.sqlite: is a link"));
    sandbox_result_free(&result);
    check_canary();
}

/* --- names --- */

static void expect_65(const char *settings, const char *command, const char *part) {
    sandbox_result result = sandbox_run("\"$WEFT\" %s %s config.yml", command, settings);
    if (result.exit_code != 65 || strstr(result.err, part) == NULL)
        fail_msg("%s %s: exit code %d\n%s", command, settings, result.exit_code, result.err);
    sandbox_result_free(&result);
}

static void test_names_that_cannot_be_are_refused_by_plan_and_run(void **state) {
    (void)state;
    static const char *const commands[] = {"plan", "run --progress none"};
    for (int i = 0; i < 2; i++) {
        free(sandbox_succeed("rm -rf out"));
        /* merged_data_ and 230 bytes, before .metadata.json.part. */
        expect_65("--set experiment=$(printf %0230d 0)", commands[i], "255 in all");
        /* A picture's: merged_data_own_, 240 and .png. */
        expect_65("--set datasets.0.name=$(printf d%0239d 0) --set grid.extent=union --set export.formats=[png]",
                  commands[i], "the picture of a column: its name would have ");
        expect_65("--set metrics.database=out/merged_data_own.csv", commands[i], "is the name of two files");
        assert_false(sandbox_exists("out"));
    }
    /* The way there can be followed when there is one. */
    expect_65("--set metrics.database=out/../out/merged_data_own.csv.part", "run --progress none",
              "is the name of two files");
    /* 512 bytes are the most that SQLite opens. */
    expect_65("--set output_dir=$(printf d%0240d 0)/$(printf d%0240d 0)", "run --progress none",
              "state.sqlite: the path is too long");
}

static void test_an_output_does_not_replace_an_input(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; mkdir out; cp dem.tif out/merged_data_own.tif; cp dem.tif kept.tif; "
                         "ln -s out/merged_data_own.tif other.tif"));
    expect_65("--set export.formats=[geotiff] --set datasets.0.path=other.tif", "run --progress none",
              "merged_data_own.tif: is an input of this run (");
    assert_true(sandbox_same("out/merged_data_own.tif", "kept.tif"));
    /* What the grid is like, the index of rasters, the configuration. */
    expect_65("--set export.formats=[geotiff] --set 'grid={like: out/merged_data_own.tif}'", "run --progress none",
              "merged_data_own.tif: is an input of this run (");
    assert_true(sandbox_same("out/merged_data_own.tif", "kept.tif"));
    free(sandbox_succeed(
        "\"$WEFT\" catalog scan . --catalog out/merged_data_own.csv && cp out/merged_data_own.csv kept.gpkg"));
    expect_65("--set 'datasets=[{name: dem, catalog: {file: out/merged_data_own.csv, name: dem.tif}}]'",
              "run --progress none", "merged_data_own.csv: is an input of this run (");
    assert_true(sandbox_same("out/merged_data_own.csv", "kept.gpkg"));
    free(sandbox_succeed(
        "cp config.yml out/merged_data_own.csv; cp dem.tif out; ! \"$WEFT\" run --progress none "
        "--set output_dir=. out/merged_data_own.csv 2>said && grep -q 'is an input of this run' said && "
        "cmp config.yml out/merged_data_own.csv"));
}

/* The picture of own's column dem, and the sheet of own_dem. */
static void test_an_output_of_another_experiment_is_not_replaced(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; NAME=own " RUN " --set export.formats=[png]; "
                         "cp out/merged_data_own_dem.png kept.png"));
    expect_65("--set experiment=own_dem --set export.formats=[png]", "run --progress none",
              "merged_data_own_dem.png: is an output of experiment own");
    assert_true(sandbox_same("out/merged_data_own_dem.png", "kept.png"));
    free(sandbox_succeed("rm -rf out; NAME=own_dem " RUN " --set export.formats=[png]"));
    expect_65("--set export.formats=[png]", "run --progress none", "is an output of experiment own_dem");
}

/* --- many --- */

static void test_runs_that_start_at_once_do_not_refuse_each_other(void **state) {
    (void)state;
    const char *starts = getenv("WEFT_STARTS");
    for (int i = 0; i < (starts != NULL ? atoi(starts) : 1); i++) {
        free(sandbox_succeed("rm -rf out said; mkdir said; for i in $(seq 24); do "
                             "(NAME=run$i " RUN " >said/$i 2>&1 || echo \"exit code $?\" >>said/$i) & done; wait; "
                             "cat said/* | grep -E 'exit code|error' >wrong; [ $(ls out/*.csv | wc -l) = 24 ] || "
                             "{ cat wrong >&2; exit 1; }"));
        assert_false(sandbox_exists("out/.weft"));
    }
}

/* Their metadata says all that must be known of them. */
static void test_finished_runs_leave_nothing_to_sweep(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; for i in 1 2 3; do NAME=run$i " RUN " || exit 1; done; [ ! -e out/.weft ]"));
    char *list = sandbox_succeed("\"$WEFT\" runs out --format csv | cut -d, -f 1-5 | sort");
    assert_string_equal(list, "experiment_id,state,progress_percent,rows_done,rows\nrun1,finished,100.0,21,21\n"
                              "run2,finished,100.0,21,21\nrun3,finished,100.0,21,21\n");
    free(list);
    sandbox_result result = sandbox_run("NAME=run2 " RUN " --resume");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "run2 is finished"));
    sandbox_result_free(&result);
    result = sandbox_run("NAME=run2 " RUN " --resume --set grid.resolution=600");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "grid.resolution was \"500\" and is \"600\""));
    sandbox_result_free(&result);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config);
    free(sandbox_succeed("cp \"$SAMPLE/dem.tif\" ."));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sweep_never_follows_a_link),
        cmocka_unit_test(test_a_folder_that_cannot_be_read_stays),
        cmocka_unit_test(test_paths_in_another_run_s_state_are_not_believed),
        cmocka_unit_test(test_nothing_of_a_run_is_written_through_a_link),
        cmocka_unit_test(test_a_metrics_database_that_is_a_link_is_left_alone),
        cmocka_unit_test(test_names_that_cannot_be_are_refused_by_plan_and_run),
        cmocka_unit_test(test_an_output_does_not_replace_an_input),
        cmocka_unit_test(test_an_output_of_another_experiment_is_not_replaced),
        cmocka_unit_test(test_runs_that_start_at_once_do_not_refuse_each_other),
        cmocka_unit_test(test_finished_runs_leave_nothing_to_sweep),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
