/* The bundled sample from the command line, as the README does it: the table, the summary, the records.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN "\"$WEFT\" run \"$SAMPLE/../../config.yml\" --set output_dir=\"$PWD/out\" "

/* Landsat's corners snapped outward to multiples of 30: 288750 .. 298740 and 9110700 .. 9120780 (README of the sample
 * has the corners): 333 x 336 cells. */
static void test_the_table_has_a_line_a_cell_and_a_header(void **state) {
    (void)state;
    free(sandbox_succeed(RUN));
    char *lines = sandbox_succeed("wc -l < out/merged_data_olinda.csv");
    assert_int_equal(atoi(lines), 333 * 336 + 1);
    char *header = sandbox_succeed("head -n 1 out/merged_data_olinda.csv");
    assert_string_equal(header, "x,y,landsat_1,landsat_2,landsat_3,landsat_4,landsat_5,landsat_6,elevation,geoid\n");
    table rows = table_read("out/merged_data_olinda.csv");
    assert_true(rows.values[0] == 288750 + 15 && rows.values[1] == 9120780 - 15);
    assert_true(rows.values[rows.columns] == 288750 + 45 && rows.values[rows.columns + 1] == 9120780 - 15);
    const double *last = &rows.values[(rows.rows - 1) * (size_t)rows.columns];
    assert_true(last[0] == 298740 - 15 && last[1] == 9110700 + 15);
    table_free(&rows);
    free(lines);
    free(header);
}

static void test_the_summary_names_outputs_rows_rate_peak_and_metrics(void **state) {
    (void)state;
    char *summary = sandbox_succeed(RUN);
    static const char *const parts[] = {
        "/out/merged_data_olinda.csv\n", "111,888", "rows/s", "peak ", " of 512 MiB", "/out/metrics.sqlite"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(summary, parts[i]) == NULL) fail_msg("no \"%s\" in:\n%s", parts[i], summary);
    free(summary);
}

static void test_every_stage_has_samples_in_both_modes(void **state) {
    (void)state;
    static const char *const modes[] = {"true", "false"};
    for (int i = 0; i < 2; i++) {
        free(sandbox_succeed(RUN "--set merge.enable_streaming=%s", modes[i]));
        char *stages = sandbox_succeed("sqlite3 out/metrics.sqlite \"select stage from v_memory_by_stage where "
                                       "samples > 0 and peak_memory_gb >= avg_memory_gb and avg_memory_gb >= "
                                       "min_memory_gb and min_memory_gb > 0\"");
        char *shown = sandbox_succeed("\"$WEFT\" memory stages");
        char *timeline = sandbox_succeed("\"$WEFT\" memory timeline --format csv");
        static const char *const names[] = {"resample", "merge", "export"};
        for (int j = 0; j < 3; j++) {
            assert_non_null(strstr(stages, names[j]));
            assert_non_null(strstr(shown, names[j]));
            assert_non_null(strstr(timeline, names[j]));
        }
        free(stages);
        free(shown);
        free(timeline);
    }
}

/* That it is finished, weft runs knows from the metadata. */
static void test_nothing_is_left_beside_the_outputs(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; " RUN "--set merge.enable_streaming=false"));
    char *names = sandbox_succeed("cd out; ls -A .; \"$WEFT\" runs . --format csv | cut -d, -f 1-5");
    assert_string_equal(names, "merged_data_olinda.csv\nmerged_data_olinda.metadata.json\nmetrics.sqlite\n"
                               "experiment_id,state,progress_percent,rows_done,rows\nolinda,finished,100.0,336,336\n");
    free(names);
}

static void test_a_metrics_database_that_cannot_be_written_does_not_stop_a_run(void **state) {
    (void)state;
    sandbox_write("blocked", "this is no database");
    sandbox_result result = sandbox_run("rm -rf out; " RUN "--set metrics.database=\"$PWD/blocked\"");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "warning"));
    assert_non_null(strstr(result.err, "blocked"));
    assert_true(sandbox_exists("out/merged_data_olinda.csv"));
    char *untouched = sandbox_read("blocked", NULL);
    assert_string_equal(untouched, "this is no database");
    free(untouched);
    sandbox_result_free(&result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_has_a_line_a_cell_and_a_header),
        cmocka_unit_test(test_the_summary_names_outputs_rows_rate_peak_and_metrics),
        cmocka_unit_test(test_every_stage_has_samples_in_both_modes),
        cmocka_unit_test(test_nothing_is_left_beside_the_outputs),
        cmocka_unit_test(test_a_metrics_database_that_cannot_be_written_does_not_stop_a_run),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
