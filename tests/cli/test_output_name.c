/* export.name: another stem for the outputs, and standard output in place of a file.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config_text[] =
    "experiment: named\n"
    "grid: {crs: 'EPSG:31985', resolution: 100, bounds: [288700, 9110700, 298800, 9120800]}\n"
    "datasets:\n"
    "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 4]}\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif', method: nearest}\n";

static void expect_fail(int exit_code, const char *said, const char *arguments) {
    sandbox_result result = sandbox_run("\"$WEFT\" run config.yml %s", arguments);
    assert_int_equal(result.exit_code, exit_code);
    if (strstr(result.err, said) == NULL) fail_msg("no \"%s\" in:\n%s", said, result.err);
    sandbox_result_free(&result);
}

static void test_every_output_has_the_stem_and_the_bytes_of_the_usual_one(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run config.yml --set export.formats=[csv,parquet,png] && "
                         "mv out usual && \"$WEFT\" run config.yml --set export.formats=[csv,parquet,png] "
                         "--set 'export.name=\"tab_{experiment}.v1\"'"));
    char *names = sandbox_succeed("ls out");
    assert_string_equal(names, "metrics.sqlite\ntab_named.v1.csv\ntab_named.v1.metadata.json\ntab_named.v1.parquet\n"
                               "tab_named.v1.png\ntab_named.v1_geoid.png\ntab_named.v1_landsat_1.png\n"
                               "tab_named.v1_landsat_4.png\n");
    free(names);
    free(sandbox_succeed("for end in .csv .parquet .png _geoid.png; do "
                         "cmp usual/merged_data_named$end out/tab_named.v1$end || exit 1; done"));
}

static void test_standard_output_takes_the_bytes_of_the_file_and_nothing_else(void **state) {
    (void)state;
    free(sandbox_succeed(
        "rm -rf out usual; \"$WEFT\" run config.yml --set export.formats=[csv,csv.gz] && mv out usual"));
    static const char *const settings[] = {"", "--set merge.enable_streaming=true",
                                           "--set threads=1 --set export.stats=true", "--progress json"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        free(sandbox_succeed("\"$WEFT\" run config.yml %s --set export.name=- >piped.csv && "
                             "cmp piped.csv usual/merged_data_named.csv",
                             settings[i]));
        free(sandbox_succeed("\"$WEFT\" run config.yml %s --set export.name=- | cat >piped.csv; "
                             "cmp piped.csv usual/merged_data_named.csv",
                             settings[i]));
    }
    free(sandbox_succeed("\"$WEFT\" run config.yml --set export.name=- --set export.formats=csv.gz | "
                         "cmp - usual/merged_data_named.csv.gz"));
    char *names = sandbox_succeed("ls -A out");
    assert_string_equal(names, "metrics.sqlite\n");
    free(names);
}

/* 40 MB of text, of which the reader takes a line. */
static void test_a_reader_that_goes_away_is_74(void **state) {
    (void)state;
    sandbox_result result =
        sandbox_run("rm -rf out; { \"$WEFT\" run config.yml --set grid.resolution=10 --set export.name=-; "
                    "echo $? >code; } | head -n 1; cat code");
    assert_string_equal(result.out, "x,y,landsat_1,landsat_4,geoid\n74\n");
    assert_non_null(strstr(result.err, "standard output: cannot write: Broken pipe"));
    assert_null(strstr(result.err, "--resume"));
    sandbox_result_free(&result);
    expect_fail(74, "standard output", "--set export.name=- >/dev/full");
    expect_fail(74, "standard output", "--set export.name=- >&-");
}

/* A reader that stops reading does not make weft deaf. */
static void test_a_signal_ends_a_run_whose_reader_has_stopped(void **state) {
    (void)state;
    sandbox_result result =
        sandbox_run("rm -rf out; mkfifo pipe; sleep 60 <pipe & reader=$!; "
                    "\"$WEFT\" run config.yml --set grid.resolution=10 --set export.name=- >pipe & run=$!; "
                    "sleep 1.5; kill -TERM $run; wait $run; code=$?; kill $reader; exit $code");
    if (result.exit_code != 75) fail_msg("exit code %d: %s", result.exit_code, result.err);
    sandbox_result_free(&result);
}

/* What a killed run has on disk is not taken for scratch of the other. */
static void test_standard_output_leaves_what_another_run_goes_on_with(void **state) {
    (void)state;
    free(sandbox_succeed(
        "rm -rf out whole; \"$WEFT\" run config.yml --set grid.resolution=10 >/dev/null && mv out whole"));
    sandbox_result result =
        sandbox_run("\"$WEFT\" run config.yml --set grid.resolution=10 --set merge.enable_streaming=true "
                    "--set merge.streaming_chunk_size=4 --set export.checkpoint_interval=0s & run=$!; "
                    "while kill -0 $run && ! [ -s out/merged_data_named.csv.part ]; do sleep 0.005; done; sleep 0.1; "
                    "kill -TERM $run; wait $run; \"$WEFT\" run config.yml --set export.name=- >/dev/null && "
                    "\"$WEFT\" run config.yml --set grid.resolution=10 --set merge.enable_streaming=true "
                    "--set export.checkpoint_interval=0s --resume && "
                    "cmp out/merged_data_named.csv whole/merged_data_named.csv");
    if (result.exit_code != 0) fail_msg("exit code %d: %s", result.exit_code, result.err);
    assert_true(strstr(result.err, "continues after row") != NULL || strstr(result.err, "is finished") != NULL);
    sandbox_result_free(&result);
}

static void test_what_makes_no_name_is_refused(void **state) {
    (void)state;
    expect_fail(65, "takes one format, csv or csv.gz", "--set export.name=- --set export.formats=[csv,parquet]");
    expect_fail(65, "takes one format, csv or csv.gz", "--set export.name=- --set export.formats=geotiff");
    expect_fail(64, "--json", "--set export.name=- --json");
    expect_fail(65, "--set export.name=a/b: name: ", "--set export.name=a/b");
    expect_fail(65, "--set export.name=..: name: ", "--set export.name=..");
    expect_fail(65, "in quotes", "--set 'export.name=\"{dataset}\"'");
    expect_fail(65, "the outputs' names would have 240 characters", "--set export.name=$(printf 'a%.0s' $(seq 240))");
    expect_fail(65, "names would have 252 characters", "--set experiment=$(printf 'a%.0s' $(seq 240))");
}

/* Taken out of metadata.json and run elsewhere, where no variable is set. */
static void test_the_configuration_in_the_metadata_runs_as_it_is(void **state) {
    (void)state;
    sandbox_write("again.yml", "experiment: again\n"
                               "grid: {like: '${WHERE}/geoid.tif'}\n"
                               "datasets:\n"
                               "  - {name: geoid, path: ['${WHERE}/geoid.tif'], method: cubic, nodata: -9999}\n"
                               "  - {name: dem, path: '${WHERE}/de?.tif'}\n"
                               "export: {nodata: '$$', precision: 5, delimiter: \";\", formats: csv}\n");
    free(sandbox_succeed("rm -rf out elsewhere; mkdir -p elsewhere here; cp \"$SAMPLE\"/*.tif here; "
                         "WHERE=here \"$WEFT\" run again.yml --set export.index=true --set memory.limit=512MiB && "
                         "/usr/bin/python3 -c 'import json; print(json.load(open("
                         "\"out/merged_data_again.metadata.json\"))[\"configuration\"])' > elsewhere/taken.yml && "
                         "mv out first && cd elsewhere && \"$WEFT\" run taken.yml && "
                         "cmp ../first/merged_data_again.csv ../out/merged_data_again.csv"));
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_output_has_the_stem_and_the_bytes_of_the_usual_one),
        cmocka_unit_test(test_standard_output_takes_the_bytes_of_the_file_and_nothing_else),
        cmocka_unit_test(test_a_reader_that_goes_away_is_74),
        cmocka_unit_test(test_a_signal_ends_a_run_whose_reader_has_stopped),
        cmocka_unit_test(test_standard_output_leaves_what_another_run_goes_on_with),
        cmocka_unit_test(test_what_makes_no_name_is_refused),
        cmocka_unit_test(test_the_configuration_in_the_metadata_runs_as_it_is),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
