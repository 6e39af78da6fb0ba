/* The bundled sample as CSV and Parquet in one run: the same numbers, read by a reader that shares no code with weft,
 * and what the file says of itself.
 *
 * SPDX-License-Identifier: MIT */
#include "support/broken_run.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef WEFT_SANITIZED
#define LIMIT "2GiB"
#else
#define LIMIT "140MiB"
#endif

/* 999 x 1008 cells: sixteen row groups. Bytes with holes, floats of both widths. */
static const char config[] =
    "experiment: both\n"
    "output_dir: out\n"
    "grid: {crs: 'EPSG:31985', resolution: 10, bounds: [288750, 9110700, 298740, 9120780]}\n"
    "datasets:\n"
    "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 2]}\n"
    "  - {name: cover, path: '${SAMPLE}/landsat7.tif', bands: [4], method: nearest, nodata: 70}\n"
    "  - {name: total, path: '${SAMPLE}/dem.tif', method: sum}\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
    "merge: {enable_streaming: true, streaming_chunk_size: 100}\n"
    "export: {formats: [csv, parquet]}\n"
    "memory: {limit: 512MiB}\n";

/* A number of the table as the Parquet column of this physical type holds it. */
static double as_stored(const parquet_column *column, double value) {
    return column->physical == 4 ? (double)(float)value : value;
}

static void expect_same_numbers(const table *csv, const parquet_file *parquet) {
    assert_int_equal(parquet->rows, csv->rows);
    assert_int_equal(parquet->columns, csv->columns);
    for (int i = 0; i < csv->columns; i++) {
        assert_string_equal(parquet->column[i].name, csv->names[i]);
        for (size_t row = 0; row < csv->rows; row++) {
            double got = parquet_number(parquet, i, (int64_t)row);
            double want = as_stored(&parquet->column[i], csv->values[row * (size_t)csv->columns + (size_t)i]);
            if (isnan(want) ? !isnan(got) : got != want)
                fail_msg("%s, row %zu: %.17g, not %.17g", csv->names[i], row, got, want);
        }
    }
}

static void run_and_compare(const char *settings, int codec) {
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none %s config.yml", settings));
    table csv = table_read("out/merged_data_both.csv");
    parquet_file parquet = parquet_read("out/merged_data_both.parquet");
    expect_same_numbers(&csv, &parquet);
    for (int64_t g = 0; g < parquet.groups; g++)
        for (int i = 0; i < parquet.columns; i++)
            assert_int_equal(parquet.group[g].chunks[i].codec, codec);
    table_free(&csv);
    parquet_free(&parquet);
}

static void test_parquet_holds_the_numbers_of_the_csv_with_every_codec(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run_and_compare("", 6);
    run_and_compare("--set grid.resolution=30 --set export.rows=complete --set merge.enable_streaming=false", 6);
    if (is_chosen(1, 2)) run_and_compare("--set export.parquet_codec=gzip", 2);
    if (is_chosen(1, 2)) run_and_compare("--set export.parquet_codec=none", 0);
}

static void test_the_file_says_its_grid_crs_rows_version_and_types(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none config.yml"));
    parquet_file file = parquet_read("out/merged_data_both.parquet");
    assert_string_equal(
        parquet_metadata(&file, "weft.grid"),
        "{\"origin\": [288750.0, 9120780.0], \"resolution\": [10.0, 10.0], \"cols\": 999, \"rows\": 1008, "
        "\"bounds\": [288750.0, 9110700.0, 298740.0, 9120780.0]}");
    assert_int_equal(strncmp(parquet_metadata(&file, "weft.crs"), "PROJCRS[\"SIRGAS 2000 / UTM zone 25S\"", 36), 0);
    assert_string_equal(parquet_metadata(&file, "weft.rows"), "all");
    char *version = sandbox_succeed("\"$WEFT\" --version | head -n 1");
    assert_non_null(strstr(version, parquet_metadata(&file, "weft.version")));
    assert_non_null(strstr(file.created_by, parquet_metadata(&file, "weft.version")));
    /* DOUBLE, FLOAT, INT32 of 8 bits without a sign; only coordinates are required. */
    static const int physical[] = {5, 5, 4, 4, 1, 5, 4};
    assert_int_equal(file.columns, sizeof physical / sizeof *physical);
    for (int i = 0; i < file.columns; i++) {
        assert_int_equal(file.column[i].physical, physical[i]);
        assert_int_equal(file.column[i].repetition, i >= 2);
    }
    assert_int_equal(file.column[4].logical_bits, 8);
    assert_int_equal(file.column[4].logical_signed, 0);
    parquet_free(&file);
    free(version);
}

static long size_of(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return (long)info.st_size;
}

static void test_parquet_alone_is_written_and_much_smaller_than_csv(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none config.yml; cp out/*.parquet first.parquet"));
    long csv = size_of("out/merged_data_both.csv");
    char *summary =
        sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none --set export.formats='[parquet]' config.yml");
    assert_non_null(strstr(summary, "/out/merged_data_both.parquet\n"));
    assert_null(strstr(summary, ".csv"));
    char *names = sandbox_succeed("ls -A out");
    assert_string_equal(names, "merged_data_both.metadata.json\nmerged_data_both.parquet\nmetrics.sqlite\n");
    assert_true(sandbox_same("first.parquet", "out/merged_data_both.parquet"));
    assert_true(size_of("out/merged_data_both.parquet") * 4 < csv);
    free(summary);
    free(names);
}

/* 120 columns: a row group is 32768 rows, and every worker has columns under way. */
static void test_memory_stays_under_the_limit_with_many_columns(void **state) {
    (void)state;
    char many[4096] = "experiment: many\noutput_dir: out\n"
                      "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [288750, 9110700, 298740, 9120690]}\n"
                      "merge: {enable_streaming: true}\nexport: {formats: [parquet]}\n"
                      "memory: {limit: " LIMIT "}\ndatasets:\n";
    for (int i = 0; i < 20; i++) {
        size_t length = strlen(many);
        (void)snprintf(many + length, sizeof many - length, "  - {name: d%d, path: '${SAMPLE}/landsat7.tif'}\n", i);
    }
    sandbox_write("many.yml", many);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none many.yml"));
    char *under = sandbox_succeed("sqlite3 out/metrics.sqlite 'select peak_bytes <= limit_bytes from experiments'");
    assert_string_equal(under, "1\n");
    parquet_file file = parquet_read("out/merged_data_many.parquet");
    assert_int_equal(file.columns, 122);
    assert_int_equal(file.group[0].rows, 32768);
    parquet_free(&file);
    free(under);
}

static void test_the_plan_names_every_output_and_the_least_memory(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    char *plan = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    assert_non_null(strstr(plan, "\"format\": \"csv\""));
    assert_non_null(strstr(plan, "\"format\": \"parquet\""));
    assert_non_null(strstr(plan, "/out/merged_data_both.parquet\""));
    sandbox_result result = sandbox_run("\"$WEFT\" plan --set memory.limit=40MiB config.yml");
    assert_int_equal(result.exit_code, 71);
    assert_non_null(strstr(result.err, "40.0 MiB is too small: "));
    sandbox_result_free(&result);
    free(plan);
}

static void test_a_run_that_fails_leaves_no_parquet(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    broken_run_leaves_nothing();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parquet_holds_the_numbers_of_the_csv_with_every_codec),
        cmocka_unit_test(test_the_file_says_its_grid_crs_rows_version_and_types),
        cmocka_unit_test(test_parquet_alone_is_written_and_much_smaller_than_csv),
        cmocka_unit_test(test_memory_stays_under_the_limit_with_many_columns),
        cmocka_unit_test(test_the_plan_names_every_output_and_the_least_memory),
        cmocka_unit_test(test_a_run_that_fails_leaves_no_parquet),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
