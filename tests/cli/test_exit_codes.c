/* What a script learns from an exit code: every command with a standard output that is full, closed or broken, missing
 * permissions, folders where files should be, and a file size limit. Signals are in tests/fault/test_signals.c.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char config_text[] =
    "experiment: codes\n"
    "grid: {crs: 'EPSG:31985', resolution: 100, bounds: [288700, 9110700, 298800, 9120800]}\n"
    "datasets:\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif', method: nearest}\n";

/* Root may read and write everything; without these capabilities it is as everybody. */
static const char *as_everybody(void) {
    return geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search " : "";
}

/* Runs a command line and expects its exit code, and a text on standard error unless that is NULL. */
static void expect(int exit_code, const char *said, const char *command) {
    sandbox_result result = sandbox_run("%s", command);
    if (result.exit_code != exit_code)
        fail_msg("exit code %d, not %d: %s\n%s", result.exit_code, exit_code, command, result.err);
    if (said != NULL && strstr(result.err, said) == NULL) fail_msg("no \"%s\": %s\n%s", said, command, result.err);
    sandbox_result_free(&result);
}

/* Every command that prints something. */
static const char *const printing[] = {"--help",
                                       "--version",
                                       "schema",
                                       "run --help",
                                       "run config.yml",
                                       "run config.yml --json",
                                       "plan config.yml",
                                       "plan config.yml --json",
                                       "validate config.yml",
                                       "runs out",
                                       "runs out --format json",
                                       "memory",
                                       "memory pools --format csv"};
#define PRINTING_COUNT (sizeof printing / sizeof *printing)

static void test_a_full_closed_or_broken_standard_output_is_74_for_every_command(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml && mkfifo broken"));
    static const char *const outputs[] = {">/dev/full", ">&-", "3<>broken >broken 3<&-"};
    for (size_t i = 0; i < PRINTING_COUNT; i++) {
        for (size_t j = 0; j < sizeof outputs / sizeof *outputs; j++) {
            char command[256];
            (void)snprintf(command, sizeof command, "\"$WEFT\" %s %s", printing[i], outputs[j]);
            expect(74, "standard output", command);
        }
    }
}

/* Closed descriptors are not handed to the outputs: the table is what it is with all of them open. */
static void test_closed_standard_streams_do_not_end_up_in_an_output(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml && cp out/merged_data_codes.csv whole.csv"));
    expect(0, NULL, "\"$WEFT\" run config.yml <&- 2>&- && cmp out/merged_data_codes.csv whole.csv");
    expect(74, NULL, "\"$WEFT\" run config.yml <&- >&- 2>&-");
    expect(0, NULL, "cmp out/merged_data_codes.csv whole.csv");
}

static void test_a_file_size_limit_is_74_and_names_ulimit(void **state) {
    (void)state;
    static const char *const formats[] = {"csv", "csv.gz", "parquet", "sqlite", "geotiff", "cog", "png"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char command[256];
        /* Noise does not compress. The shell counts in blocks of 512 or 1024 bytes: at most 32 KiB. */
        (void)snprintf(command, sizeof command,
                       "rm -rf out; ulimit -f 32; \"$WEFT\" run config.yml --set grid.resolution=10 "
                       "--set datasets.0.method=cubic --set export.formats=[%s]",
                       formats[i]);
        expect(74, strstr(formats[i], "csv") != NULL ? "ulimit -f" : formats[i][0] == 'p' ? NULL : "out", command);
        free(sandbox_succeed("! ls out | grep -E '^merged_data_codes.*(csv|gz|parquet|sqlite|tif|png|json)$'"));
    }
}

static void test_a_permission_that_lacks_is_77(void **state) {
    (void)state;
    char command[512];
    free(sandbox_succeed("cp config.yml locked.yml; chmod 0 locked.yml; cp \"$SAMPLE/geoid.tif\" locked.tif; "
                         "chmod 0 locked.tif; mkdir -p closed shut other/codes; chmod 555 closed; chmod 0 shut; "
                         "rm -rf out; \"$WEFT\" run config.yml; cp out/metrics.sqlite locked.sqlite; "
                         "chmod 0 locked.sqlite"));
    static const struct {
        const char *arguments, *said;
    } cases[] = {
        {"run locked.yml", "locked.yml: Permission denied"},
        {"plan locked.yml", "locked.yml: Permission denied"},
        {"validate locked.yml", "locked.yml: Permission denied"},
        {"run shut/config.yml", "shut/config.yml: Permission denied"},
        {"run config.yml --set datasets.0.path=locked.tif", "locked.tif"},
        {"plan config.yml --set datasets.0.path=locked.tif", "locked.tif"},
        {"run config.yml --set datasets.0.path=shut/a.tif", "shut/a.tif"},
        {"run config.yml --set 'datasets.0.path=shut/*.tif'", "shut/*.tif"},
        {"run config.yml --set output_dir=closed", "closed"},
        {"run config.yml --set output_dir=closed/below", "closed/below"},
        {"run config.yml --set output_dir=shut", "shut"},
        {"runs shut", "shut"},
        {"memory --db locked.sqlite", "locked.sqlite: cannot be read: Permission denied"},
        {"memory --db shut/metrics.sqlite", "shut/metrics.sqlite"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(command, sizeof command, "%s\"$WEFT\" %s", as_everybody(), cases[i].arguments);
        expect(77, cases[i].said, command);
    }
}

static void test_what_is_of_another_kind_than_it_should_be_is_told_apart(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p folder; echo text > file; ln -sf loop loop"));
    static const struct {
        int exit_code;
        const char *arguments, *said;
    } cases[] = {
        {65, "run folder", "folder: a folder, not a configuration"},
        {65, "validate folder", "folder: a folder, not a configuration"},
        {66, "run file/config.yml", "file/config.yml"},
        {65, "run config.yml --set datasets.0.path=folder", "a folder, not a raster"},
        {65, "run config.yml --set datasets.0.path=file", "not a raster"},
        {66, "run config.yml --set datasets.0.path=file/a.tif", "file/a.tif"},
        {66, "run config.yml --set datasets.0.path=nowhere.tif", "nowhere.tif: there is no such file"},
        {66, "run config.yml --set 'datasets.0.path=no*.tif'", "no file matches"},
        {74, "run config.yml --set output_dir=file", "file"},
        {74, "run config.yml --set output_dir=file/below", "file"},
        {74, "run config.yml --set output_dir=/proc/weft", "/proc/weft"},
        {65, "memory --db folder", "folder"},
        {65, "memory --db file", "file"},
        {66, "memory --db nowhere", "nowhere"},
        {66, "runs nowhere", "nowhere"},
        {64, "runs a b", "one output folder"},
        {64, "schema file", "takes no file"},
        {64, "plan", "one configuration"},
        {64, "validate", "needs a configuration"},
        {64, "memory nothing", "nothing"},
        {64, "", "usage"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        (void)snprintf(command, sizeof command, "\"$WEFT\" %s", cases[i].arguments);
        expect(cases[i].exit_code, cases[i].said, command);
    }
}

/* Under nohup, and in the background of a script, a signal is ignored and stays so. */
static void test_signals_that_are_ignored_stay_ignored(void **state) {
    (void)state;
    expect(0, NULL,
           "rm -rf out; trap '' INT HUP; \"$WEFT\" run --progress none --set grid.resolution=5 config.yml & run=$!; "
           "while ! [ -e out/merged_data_codes.csv.part ] && kill -0 $run 2>/dev/null; do sleep 0.01; done; "
           "kill -INT $run; kill -HUP $run; wait $run");
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_closed_or_broken_standard_output_is_74_for_every_command),
        cmocka_unit_test(test_closed_standard_streams_do_not_end_up_in_an_output),
        cmocka_unit_test(test_a_file_size_limit_is_74_and_names_ulimit),
        cmocka_unit_test(test_a_permission_that_lacks_is_77),
        cmocka_unit_test(test_what_is_of_another_kind_than_it_should_be_is_told_apart),
        cmocka_unit_test(test_signals_that_are_ignored_stay_ignored),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
