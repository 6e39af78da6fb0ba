/* A table of cells in SQLite: types at their edges, read back by SQLite itself; and what it says when the disk ends.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/files/output_file.h"
#include "store/sqlite_table.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { COLUMNS = 6, CELLS = 3 };

static const char *const names[COLUMNS] = {"small", "select", "wide", "real", "day", "word"};
static const weft_data_type types[COLUMNS] = {WEFT_INT8,    WEFT_UINT64, WEFT_INT64,
                                              WEFT_FLOAT32, WEFT_DATE,   WEFT_TEXT(3)};
static const weft_pair pairs[] = {{"weft.version", "9.9.9"}, {"quote", "it's"}};

static weft_status open_table(weft_row_sink *sink, bool index, weft_error *err) {
    weft_sqlite_table_options options = {.path = "t.sqlite",
                                         .index = index,
                                         .names = names,
                                         .types = types,
                                         .column_count = COLUMNS,
                                         .pairs = pairs,
                                         .pair_count = 2};
    sandbox_write("t.sqlite", "");
    return weft_sqlite_table_open(sink, &options, err);
}

static weft_status add_rows(const weft_row_sink *sink, int64_t row, weft_error *err) {
    static int8_t small[CELLS] = {-128, 5, 127};
    static uint64_t natural[CELLS] = {UINT64_MAX, 9, INT64_MAX};
    static int64_t wide[CELLS] = {INT64_MIN, 9, INT64_MAX};
    static float real[CELLS] = {0.1f, 9, -INFINITY};
    static int32_t day[CELLS] = {20209, 9, -1};
    static char word[3 * CELLS + 1] = "abcxyz\xc3\xa9";
    static uint8_t valid[CELLS] = {1, 1, 1}, holes[CELLS] = {0, 1, 1};
    static const double x[CELLS] = {0.5, 1.5, 2.5};
    static const bool kept[CELLS] = {true, false, true};
    const weft_values columns[COLUMNS] = {{WEFT_INT8, small, holes, CELLS}, {WEFT_UINT64, natural, valid, CELLS},
                                          {WEFT_INT64, wide, valid, CELLS}, {WEFT_FLOAT32, real, NULL, CELLS},
                                          {WEFT_DATE, day, valid, CELLS},   {WEFT_TEXT(3), word, holes, CELLS}};
    weft_row_batch batch = {
        .cell_rows = 1, .count = CELLS, .kept = kept, .x = x, .y = -0.25, .row = row, .col = 10, .columns = columns};
    return sink->add(sink->payload, &batch, err);
}

static void expect(const char *sql, const char *answer) {
    sandbox_write("query.sql", sql);
    char *said = sandbox_succeed("sqlite3 t.sqlite < query.sql");
    assert_string_equal(said, answer);
    free(said);
}

static void test_values_at_the_edges_of_their_types_come_back(void **state) {
    (void)state;
    weft_row_sink sink;
    assert_int_equal(open_table(&sink, true, NULL), WEFT_OK);
    assert_int_equal(add_rows(&sink, 7, NULL), WEFT_OK);
    assert_int_equal(sink.finish(sink.payload, NULL), WEFT_OK);
    sink.free(sink.payload);
    expect("select row, col, x, y, small is null, \"select\" = 18446744073709551615.0, wide, real = 0.1, round(real, "
           "6) from "
           "cells where col = 10",
           "7|10|0.5|-0.25|1|1|-9223372036854775808|0|0.1\n");
    expect("select col, small, \"select\", wide, real from cells where col = 12",
           "12|127|9223372036854775807|9223372036854775807|-Inf\n");
    expect("select day, word, date(day, '+1 day') from cells", "2025-05-01||2025-05-02\n1969-12-31|é|1970-01-01\n");
    expect("select count(*), sum(typeof(\"select\") = 'integer'), sum(typeof(real) = 'real') from cells", "2|1|2\n");
    expect("select name, type, \"notnull\" from pragma_table_info('cells')",
           "row|INTEGER|1\ncol|INTEGER|1\nx|REAL|1\ny|REAL|1\n"
           "small|INTEGER|0\nselect|INTEGER|0\nwide|INTEGER|0\nreal|REAL|0\nday|TEXT|0\nword|TEXT|0\n");
    expect("select * from metadata", "weft.version|9.9.9\nquote|it's\n");
    expect("pragma integrity_check", "ok\n");
}

static void test_a_table_without_rows_is_a_whole_file(void **state) {
    (void)state;
    weft_row_sink sink;
    assert_int_equal(open_table(&sink, false, NULL), WEFT_OK);
    assert_int_equal(sink.finish(sink.payload, NULL), WEFT_OK);
    sink.free(sink.payload);
    expect("select count(*) from cells", "0\n");
    expect("select group_concat(name) from pragma_table_info('cells')", "x,y,small,select,wide,real,day,word\n");
}

/* Neither SQLite's lock nor the run's own takes the other away. */
static void test_a_table_is_locked_for_others_while_it_is_written(void **state) {
    (void)state;
    weft_output_file *file = NULL, *other = NULL;
    weft_row_sink sink;
    assert_int_equal(weft_output_file_open(&file, "locked", NULL), WEFT_OK);
    weft_sqlite_table_options options = {
        .path = weft_output_file_part_path(file), .names = names, .types = types, .column_count = COLUMNS};
    assert_int_equal(weft_sqlite_table_open(&sink, &options, NULL), WEFT_OK);
    for (int finished = 0; finished < 2; finished++) {
        sandbox_result said = sandbox_run("sqlite3 locked.part 'select count(*) from cells'");
        assert_non_null(strstr(said.err, "locked"));
        assert_int_not_equal(said.exit_code, 0);
        sandbox_result_free(&said);
        if (!finished) assert_int_equal(sink.finish(sink.payload, NULL), WEFT_OK);
    }
    sink.free(sink.payload);
    assert_int_equal(weft_output_file_open(&other, "locked", NULL), WEFT_ERR_BUSY);
    free(sandbox_succeed("[ $(sqlite3 locked.part 'select count(*) from cells') = 0 ]"));
    weft_output_file_close(file);
}

/* More rows than the cache has pages for: SQLite writes while they are added. */
static void test_a_file_that_cannot_grow_is_named(void **state) {
    (void)state;
    struct rlimit before, low;
    weft_error err = {0};
    weft_row_sink sink;
    weft_status status = WEFT_OK;
    assert_int_equal(open_table(&sink, false, NULL), WEFT_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = before;
    low.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    for (int64_t row = 0; row < 200000 && status == WEFT_OK; row++)
        status = add_rows(&sink, row, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, WEFT_ERR_IO);
    assert_int_equal(strncmp(err.message, "t.sqlite: cannot write: ", 24), 0);
    sink.free(sink.payload);
}

/* A page in the middle that did not come to disk, and a signal while all is read back: the file is not called whole. */
static void test_a_page_that_was_lost_and_a_signal_end_the_check(void **state) {
    (void)state;
    static const char zeros[4096];
    for (int lost = 0; lost < 2; lost++) {
        weft_row_sink sink;
        weft_cancel cancel = {0};
        weft_error err = {0};
        weft_sqlite_table_options options = {
            .path = "t.sqlite", .names = names, .types = types, .column_count = COLUMNS, .cancel = &cancel};
        sandbox_write("t.sqlite", "");
        assert_int_equal(weft_sqlite_table_open(&sink, &options, NULL), WEFT_OK);
        for (int64_t row = 0; row < 50000; row++) /* more pages than SQLite keeps in memory */
            assert_int_equal(add_rows(&sink, row, NULL), WEFT_OK);
        if (lost) {
            FILE *file = fopen("t.sqlite", "r+b");
            assert_non_null(file);
            assert_int_equal(fseek(file, 100 * (long)sizeof zeros, SEEK_SET), 0);
            assert_int_equal(fwrite(zeros, sizeof zeros, 1, file), 1);
            assert_int_equal(fclose(file), 0);
        } else {
            weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
        }
        assert_int_equal(sink.finish(sink.payload, &err), lost ? WEFT_ERR_IO : WEFT_ERR_CANCELLED);
        assert_non_null(strstr(err.message, lost ? "t.sqlite" : "stopped by a signal"));
        sink.free(sink.payload);
    }
}

static void test_a_path_that_is_too_long_is_named(void **state) {
    (void)state;
    weft_row_sink sink;
    weft_error err = {0};
    char path[505];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    for (int i = 200; i < 500; i += 200)
        path[i] = '/';
    weft_sqlite_table_options options = {.path = path, .names = names, .types = types, .column_count = COLUMNS};
    assert_int_equal(weft_sqlite_table_open(&sink, &options, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, ": the path is too long"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_that_is_too_long_is_named),
        cmocka_unit_test(test_values_at_the_edges_of_their_types_come_back),
        cmocka_unit_test(test_a_table_without_rows_is_a_whole_file),
        cmocka_unit_test(test_a_table_is_locked_for_others_while_it_is_written),
        cmocka_unit_test(test_a_file_that_cannot_grow_is_named),
        cmocka_unit_test(test_a_page_that_was_lost_and_a_signal_end_the_check),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
