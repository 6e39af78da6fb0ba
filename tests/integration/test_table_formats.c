/* Every table format in one run: the numbers of the CSV, by zcat and SQLite; the same bytes for all settings; what
 * metadata.json and the statistics say, by sha256sum and SQLite.
 *
 * SPDX-License-Identifier: MIT */
#include "support/broken_run.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <jansson.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef __SANITIZE_THREAD__
#define LIMIT "2GiB"
#define TIGHT "1500MiB"
#elif defined(WEFT_SANITIZED)
#define LIMIT "2GiB"
#define TIGHT "1GiB"
#else
#define LIMIT "512MiB"
#define TIGHT "128MiB"
#endif

/* 333 x 336 cells: 111 888. Bytes with holes, floats of both widths, a unit. */
static const char config[] =
    "experiment: all\n"
    "output_dir: ${OUT:-out}\n"
    "threads: 2\n"
    "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [288750, 9110700, 298740, 9120780]}\n"
    "datasets:\n"
    "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 2]}\n"
    "  - {name: cover, path: '${SAMPLE}/landsat7.tif', bands: [4], method: nearest, nodata: 70}\n"
    "  - {name: total, path: '${SAMPLE}/dem.tif', method: sum}\n"
    "  - {name: geoid, path: geoid.tif}\n"
    "merge: {enable_streaming: true, streaming_chunk_size: 50}\n"
    "export: {formats: [csv, csv.gz, parquet, sqlite], stats: true}\n"
    "memory: {limit: " LIMIT "}\n";

static void run(const char *folder, const char *settings) {
    free(sandbox_succeed("rm -rf %s; OUT=%s \"$WEFT\" run --progress none %s config.yml", folder, folder, settings));
}

/* A number of the table as the column's type holds it. */
static double as_stored(const char *column, double value) {
    bool wide = strcmp(column, "total") == 0 || strlen(column) == 1;
    return wide ? value : (double)(float)value;
}

static void expect_same_in_sqlite(const table *csv, const char *path) {
    sqlite3 *database;
    sqlite3_stmt *rows;
    size_t row = 0;
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "select * from cells order by rowid", -1, &rows, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_column_count(rows), csv->columns);
    for (; sqlite3_step(rows) == SQLITE_ROW; row++) {
        assert_true(row < csv->rows);
        for (int i = 0; i < csv->columns; i++) {
            double want = as_stored(csv->names[i], csv->values[row * (size_t)csv->columns + (size_t)i]);
            bool missing = sqlite3_column_type(rows, i) == SQLITE_NULL;
            if (row == 0) assert_string_equal(sqlite3_column_name(rows, i), csv->names[i]);
            if (isnan(want) != missing || (!missing && sqlite3_column_double(rows, i) != want))
                fail_msg("%s, row %zu: %.17g, not %.17g", csv->names[i], row, sqlite3_column_double(rows, i), want);
        }
    }
    assert_int_equal(row, csv->rows);
    sqlite3_finalize(rows);
    sqlite3_close(database);
}

static void expect_same_in_parquet(const table *csv, const char *path) {
    parquet_file file = parquet_read(path);
    assert_int_equal(file.rows, csv->rows);
    assert_int_equal(file.columns, csv->columns);
    for (int i = 0; i < csv->columns; i++) {
        assert_string_equal(file.column[i].name, csv->names[i]);
        for (size_t row = 0; row < csv->rows; row++) {
            double want = as_stored(csv->names[i], csv->values[row * (size_t)csv->columns + (size_t)i]);
            double got = parquet_number(&file, i, (int64_t)row);
            if (isnan(want) ? !isnan(got) : got != want)
                fail_msg("%s, row %zu: %.17g, not %.17g", csv->names[i], row, got, want);
        }
    }
    parquet_free(&file);
}

static void run_and_compare(const char *settings) {
    run("out", settings);
    table csv = table_read("out/merged_data_all.csv");
    free(sandbox_succeed("gzip -t out/merged_data_all.csv.gz; zcat out/merged_data_all.csv.gz > text"));
    assert_true(sandbox_same("text", "out/merged_data_all.csv"));
    expect_same_in_sqlite(&csv, "out/merged_data_all.sqlite");
    expect_same_in_parquet(&csv, "out/merged_data_all.parquet");
    table_free(&csv);
}

static void test_every_format_holds_the_numbers_of_the_csv(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run_and_compare("");
    if (is_chosen(1, 2)) run_and_compare("--set export.rows=complete --set merge.enable_streaming=false");
    run_and_compare("--set export.index=true --set export.gzip_level=1");
}

static void test_python_reads_what_is_compressed(void **state) {
    (void)state;
    sandbox_result found = sandbox_run("python3 -c 'import csv, gzip, sqlite3'");
    bool there = found.exit_code == 0;
    sandbox_result_free(&found);
    if (!there) skip();
    sandbox_write("config.yml", config);
    run("out", "");
    sandbox_write("compare.py",
                  "import csv, gzip, sqlite3, struct\n"
                  "rows = csv.reader(gzip.open('out/merged_data_all.csv.gz', 'rt'))\n"
                  "names = next(rows)\n"
                  "cells = sqlite3.connect('out/merged_data_all.sqlite').execute('select * from cells')\n"
                  "assert [c[0] for c in cells.description] == names\n"
                  "single = lambda v: struct.unpack('f', struct.pack('f', v))[0]\n"
                  "as_type = [float if n in 'x y total' else lambda t: single(float(t)) for n in names]\n"
                  "count = 0\n"
                  "for text, cell in zip(rows, cells, strict=True):\n"
                  "    assert tuple(f(t) if t else None for f, t in zip(as_type, text)) == cell, (text, cell)\n"
                  "    count += 1\n"
                  "print(count)\n");
    char *said = sandbox_succeed("python3 compare.py");
    assert_string_equal(said, "111888\n");
    free(said);
}

/* --- options of text --- */

static void test_the_index_is_the_cell_s_place_and_the_delimiter_what_was_asked(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("plain", "--set export.rows=any --set export.formats='[csv]'");
    run("out", "--set export.rows=any --set export.formats='[csv, csv.gz]' --set export.index=true "
               "--set 'export.delimiter=\"\\t\"' --set export.nodata='a\tb'");
    char *header = sandbox_succeed("head -n 1 out/merged_data_all.csv");
    assert_string_equal(header, "row\tcol\tx\ty\tlandsat_1\tlandsat_2\tcover\ttotal\tgeoid\n");
    /* x = 288750 + (col + 0.5) * 30, y = 9120780 - (row + 0.5) * 30. */
    char *wrong = sandbox_succeed("tail -n +2 out/merged_data_all.csv | awk -F '\\t' "
                                  "'$3 != 288765 + 30 * $2 || $4 != 9120765 - 30 * $1' | wc -l");
    assert_string_equal(wrong, "0\n");
    /* Without its first two columns and with its nodata taken out it is the plain table. */
    free(sandbox_succeed("sed 's/\"a\tb\"//g' out/merged_data_all.csv | cut -f 3- | tr '\\t' ',' > text"));
    assert_true(sandbox_same("text", "plain/merged_data_all.csv"));
    free(sandbox_succeed("zcat out/merged_data_all.csv.gz > text"));
    assert_true(sandbox_same("text", "out/merged_data_all.csv"));
    free(header);
    free(wrong);
}

static void test_names_and_delimiters_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const char *const refused[] = {"--set export.delimiter=ab",
                                          "--set export.delimiter=5",
                                          "--set 'export.delimiter=\".\"'",
                                          "--set 'export.delimiter=\"-\"'",
                                          "--set export.gzip_level=0",
                                          "--set export.gzip_level=10",
                                          "--set export.index=true --set datasets.1.name=row"};
    sandbox_write("config.yml", config);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        sandbox_result result = sandbox_run("\"$WEFT\" validate %s config.yml", refused[i]);
        if (result.exit_code != 65) fail_msg("%s: exit code %d", refused[i], result.exit_code);
        sandbox_result_free(&result);
    }
    /* SQLite takes them for one name. */
    sandbox_result result = sandbox_run("\"$WEFT\" plan --set datasets.1.name=GEOID config.yml");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "there are two columns named \"geoid\""));
    sandbox_result_free(&result);
    free(sandbox_succeed("\"$WEFT\" plan --set export.formats='[csv]' --set datasets.1.name=GEOID config.yml"));
}

/* --- one answer --- */

static void test_all_formats_have_the_same_bytes_for_all_settings(void **state) {
    (void)state;
    static const char *const settings[] = {
        "--set merge.streaming_chunk_size=1 --set threads=1",
        "--set merge.streaming_chunk_size=7 --set threads=3",
        "--set merge.streaming_chunk_size=5000 --set resampling.window_size=100",
        "--set merge.enable_streaming=false",
        "--set merge.enable_streaming=false --set merge.chunk_size=33 --set memory.limit=" TIGHT,
        "--set memory.limit=" TIGHT " --set export.checksums=false --set export.stats=false",
    };
    static const char *const formats[] = {"csv", "csv.gz", "parquet", "sqlite"};
    sandbox_write("config.yml", config);
    run("first", "");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (!is_chosen(i, 3)) continue;
        run("second", settings[i]);
        for (int j = 0; j < 4; j++) {
            char a[64], b[64];
            (void)snprintf(a, sizeof a, "first/merged_data_all.%s", formats[j]);
            (void)snprintf(b, sizeof b, "second/merged_data_all.%s", formats[j]);
            if (!sandbox_same(a, b)) fail_msg("%s differs with %s", formats[j], settings[i]);
        }
    }
}

static void test_memory_stays_under_the_limit_with_all_formats(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("out", "--set memory.limit=" TIGHT);
    char *under = sandbox_succeed("sqlite3 out/metrics.sqlite 'select peak_bytes <= limit_bytes from experiments'");
    assert_string_equal(under, "1\n");
    free(under);
}

static void test_a_run_that_fails_leaves_nothing_of_any_format(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    broken_run_leaves_nothing();
}

/* What stood there stays whole until there is something better, and no part of SQLite's is left beside it. */
static void test_a_database_replaces_the_old_one_whole(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("out", "--set export.rows=complete");
    free(sandbox_succeed("OUT=out \"$WEFT\" run --progress none --set export.formats='[sqlite]' config.yml"));
    char *said =
        sandbox_succeed("sqlite3 out/merged_data_all.sqlite 'select count(*) from cells; pragma integrity_check'");
    assert_string_equal(said, "111888\nok\n");
    free(said);
    said = sandbox_succeed("ls -A out");
    assert_string_equal(said, "merged_data_all.csv\nmerged_data_all.csv.gz\nmerged_data_all.metadata.json\n"
                              "merged_data_all.parquet\nmerged_data_all.sqlite\nmetrics.sqlite\n");
    free(said);
}

/* --- metadata --- */

static json_t *read_metadata(const char *path) {
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) fail_msg("%s: %s", path, error.text);
    return root;
}

static const char *text_of(const json_t *from, const char *key) {
    return json_string_value(json_object_get(from, key));
}

static void test_metadata_says_grid_columns_sums_and_sizes(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("out", "--set export.rows=any");
    json_t *root = read_metadata("out/merged_data_all.metadata.json"), *one;
    size_t i;
    char *rows = sandbox_succeed("sqlite3 out/merged_data_all.sqlite 'select count(*) from cells'");
    assert_int_equal(json_integer_value(json_object_get(root, "rows")), atoll(rows));
    assert_string_equal(text_of(root, "rows_kept"), "any");
    const json_t *grid = json_object_get(root, "grid"), *columns = json_object_get(root, "columns");
    assert_int_equal(json_integer_value(json_object_get(grid, "epsg")), 31985);
    assert_int_equal(json_integer_value(json_object_get(grid, "cols")), 333);
    assert_int_equal(strncmp(text_of(grid, "crs"), "PROJCRS[", 8), 0);
    assert_int_equal(json_array_size(columns), 5);
    assert_string_equal(text_of(json_array_get(columns, 2), "type"), "Byte");
    assert_string_equal(text_of(json_array_get(columns, 4), "unit"), "metre");
    assert_null(text_of(json_array_get(columns, 0), "unit"));
    assert_non_null(strstr(text_of(root, "configuration"), "  stats: true\n"));
    assert_int_equal(json_array_size(json_object_get(root, "outputs")), 4);
    json_array_foreach(json_object_get(root, "outputs"), i, one) {
        char *sum = sandbox_succeed("cd out; sha256sum < %s | cut -d ' ' -f 1 | tr -d '\\n'", text_of(one, "file"));
        char *bytes = sandbox_succeed("stat -c %%s out/%s", text_of(one, "file"));
        assert_string_equal(text_of(one, "sha256"), sum);
        assert_int_equal(json_integer_value(json_object_get(one, "bytes")), atoll(bytes));
        free(sum);
        free(bytes);
    }
    json_decref(root);
    free(rows);
}

static void test_two_experiments_in_one_folder_keep_their_metadata(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("out", "--set export.formats='[csv]' --set export.checksums=false");
    free(sandbox_succeed(
        "\"$WEFT\" run --progress none --set experiment=other --set export.formats='[csv.gz]' config.yml"));
    json_t *first = read_metadata("out/merged_data_all.metadata.json");
    json_t *second = read_metadata("out/merged_data_other.metadata.json");
    const json_t *output = json_array_get(json_object_get(first, "outputs"), 0);
    assert_string_equal(text_of(output, "file"), "merged_data_all.csv");
    assert_null(json_object_get(output, "sha256"));
    output = json_array_get(json_object_get(second, "outputs"), 0);
    assert_string_equal(text_of(output, "file"), "merged_data_other.csv.gz");
    json_decref(first);
    json_decref(second);
}

/* --- statistics --- */

static double ask(const char *sql, const char *column) {
    char *said = sandbox_succeed("sqlite3 out/merged_data_all.sqlite \"select printf('%%!.17g', %s) from cells "
                                 "where %s is not null\"",
                                 sql, column);
    double value = strtod(said, NULL);
    free(said);
    return value;
}

static void check_number(const json_t *statistics, const char *key, double expected) {
    double got = json_number_value(json_object_get(statistics, key));
    if (!(fabs(got - expected) <= 1e-11 * fabs(expected))) fail_msg("%s: %.17g, not %.17g", key, got, expected);
}

/* SQLite has no deviation: it is made of its sums around the mean. */
static void check_column(const json_t *column) {
    const char *name = text_of(column, "name");
    const json_t *statistics = json_object_get(column, "statistics");
    char sql[128];
    double count = ask("count(*)", name), mean;
    check_number(statistics, "count", count);
    (void)snprintf(sql, sizeof sql, "min(%s)", name);
    check_number(statistics, "min", ask(sql, name));
    (void)snprintf(sql, sizeof sql, "max(%s)", name);
    check_number(statistics, "max", ask(sql, name));
    (void)snprintf(sql, sizeof sql, "avg(%s)", name);
    mean = ask(sql, name);
    check_number(statistics, "mean", mean);
    (void)snprintf(sql, sizeof sql, "sum((%s - %.17g) * (%s - %.17g))", name, mean, name, mean);
    check_number(statistics, "sd", sqrt(ask(sql, name) / (count - 1)));
}

static void test_statistics_are_those_of_the_rows_that_are_written(void **state) {
    (void)state;
    static const char *const rows[] = {"all", "complete"};
    sandbox_write("config.yml", config);
    for (int i = 0; i < 2; i++) {
        json_t *column;
        size_t index;
        char settings[64];
        (void)snprintf(settings, sizeof settings, "--set export.rows=%s", rows[i]);
        run("out", settings);
        json_t *root = read_metadata("out/merged_data_all.metadata.json");
        json_array_foreach(json_object_get(root, "columns"), index, column) {
            const json_t *statistics = json_object_get(column, "statistics");
            check_column(column);
            assert_int_equal(json_integer_value(json_object_get(statistics, "count")) +
                                 json_integer_value(json_object_get(statistics, "missing")),
                             json_integer_value(json_object_get(root, "rows")));
        }
        json_decref(root);
    }
}

static void test_statistics_are_printed_a_line_a_column(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    char *said = sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none config.yml | sed -n '/^column/,$p' | "
                                 "awk '{print NF, $1, $2 + $3}'");
    assert_string_equal(said, "7 column 0\n7 landsat_1 111888\n7 landsat_2 111888\n7 cover 111888\n7 total 111888\n"
                              "7 geoid 111888\n");
    free(said);
    said = sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none --set export.stats=false config.yml");
    assert_null(strstr(said, "column"));
    free(said);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    free(sandbox_succeed("gdal_translate -q \"$SAMPLE/geoid.tif\" plain.tif && "
                         "gdal_translate -q -of VRT plain.tif geoid.vrt && "
                         "sed -i 's|<ColorInterp>|<UnitType>metre</UnitType><ColorInterp>|' geoid.vrt && "
                         "gdal_translate -q geoid.vrt geoid.tif"));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_holds_the_numbers_of_the_csv),
        cmocka_unit_test(test_python_reads_what_is_compressed),
        cmocka_unit_test(test_the_index_is_the_cell_s_place_and_the_delimiter_what_was_asked),
        cmocka_unit_test(test_names_and_delimiters_that_cannot_be_are_refused),
        cmocka_unit_test(test_all_formats_have_the_same_bytes_for_all_settings),
        cmocka_unit_test(test_memory_stays_under_the_limit_with_all_formats),
        cmocka_unit_test(test_a_run_that_fails_leaves_nothing_of_any_format),
        cmocka_unit_test(test_a_database_replaces_the_old_one_whole),
        cmocka_unit_test(test_metadata_says_grid_columns_sums_and_sizes),
        cmocka_unit_test(test_two_experiments_in_one_folder_keep_their_metadata),
        cmocka_unit_test(test_statistics_are_those_of_the_rows_that_are_written),
        cmocka_unit_test(test_statistics_are_printed_a_line_a_column),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
