/* Files made of chunks of all shapes: the same bytes, every cell once, within the memory that was said, and after a
 * stop at any chunk.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"
#include "table_rig.h"

#include "stages/parquet/parquet_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROUP 65536

static weft_parquet_options options_of(const table_rig *self) {
    return (weft_parquet_options){
        .spec = &self->spec, .codec = WEFT_PAGE_ZSTD, .spool_path = "spool", .output = self->output};
}

static weft_status open_writer(table_rig *self, weft_error *err) {
    rig_open(self);
    weft_parquet_options options = options_of(self);
    return weft_parquet_writer_new(&self->writer, &options, err);
}

/* Writes the whole table to `path` in chunks of `rows` rows, each cut into pieces of `cols` columns where rows is 1. */
static void write_table(const char *path, int threads, weft_row_filter filter, int64_t rows, int64_t cols) {
    table_rig *self = rig_begin(RIG_PLENTY, threads, filter);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    rig_write_all(self, 0, rows, cols);
    rig_finish(self);
    rig_end(self);
    assert_int_equal(rename("t", path), 0);
    assert_int_equal(unlink("spool"), 0);
}

/* --- the tests --- */

static void test_every_cell_is_there_once_in_order(void **state) {
    (void)state;
    write_table("all.parquet", 2, WEFT_ROW_ALL, 111, RIG_COLS);
    parquet_file file = parquet_read("all.parquet");
    assert_int_equal(file.rows, RIG_CELLS);
    assert_int_equal(file.groups, 5);
    assert_int_equal(file.group[0].rows, GROUP);
    assert_int_equal(file.group[1].rows, GROUP);
    assert_string_equal(file.column[0].name, "x");
    assert_string_equal(file.column[1].name, "y");
    for (int64_t cell = 0; cell < RIG_CELLS; cell++) {
        assert_true(parquet_number(&file, 0, cell) == 1015 + 30.0 * (double)(cell % RIG_COLS));
        /* 99.95, 99.85, ... as they are written by hand: the nearest doubles. */
        char y[32];
        (void)snprintf(y, sizeof y, "%.2f", 99.95 - 0.1 * (double)(cell / RIG_COLS));
        assert_true(parquet_number(&file, 1, cell) == strtod(y, NULL));
        for (int i = 0; i < RIG_COLUMNS; i++) {
            double expected = rig_formula(i, cell), got = parquet_number(&file, 2 + i, cell);
            assert_true(isnan(expected) ? isnan(got) : got == expected);
        }
    }
    parquet_free(&file);
}

static void test_the_bytes_are_the_same_for_all_chunks_and_threads(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("first.parquet", 2, (weft_row_filter)filter, RIG_ROWS, RIG_COLS);
        static const struct {
            int threads;
            int64_t rows, cols;
        } shapes[] = {{1, 400, RIG_COLS}, {3, 187, RIG_COLS}, {2, 188, RIG_COLS},
                      {1, 7, RIG_COLS},   {2, 1, 350},        {2, 1, 699}};
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            write_table("second.parquet", shapes[i].threads, (weft_row_filter)filter, shapes[i].rows, shapes[i].cols);
            if (!sandbox_same("first.parquet", "second.parquet"))
                fail_msg("filter %d, chunks of %lld rows: other bytes", filter, (long long)shapes[i].rows);
        }
    }
}

static void test_filters_drop_rows_and_groups_stay_full(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ANY; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("some.parquet", 2, (weft_row_filter)filter, 90, RIG_COLS);
        parquet_file file = parquet_read("some.parquet");
        int64_t row = 0;
        for (int64_t cell = 0; cell < RIG_CELLS; cell++) {
            if (!rig_keeps((weft_row_filter)filter, cell)) continue;
            assert_true(row < file.rows);
            assert_true(parquet_number(&file, 0, row) == 1015 + 30.0 * (double)(cell % RIG_COLS));
            double expected = rig_formula(2, cell), got = parquet_number(&file, 4, row);
            assert_true(isnan(expected) ? isnan(got) : got == expected);
            row++;
        }
        assert_int_equal(row, file.rows);
        assert_int_equal(file.groups, (row + GROUP - 1) / GROUP);
        for (int64_t g = 0; g + 1 < file.groups; g++)
            assert_int_equal(file.group[g].rows, GROUP);
        parquet_free(&file);
    }
}

static void test_a_table_without_rows_is_a_whole_file(void **state) {
    (void)state;
    table_rig *self = rig_begin(RIG_PLENTY, 1, WEFT_ROW_COMPLETE);
    for (int64_t cell = 0; cell < RIG_CELLS; cell++)
        self->wave[cell] = NAN;
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    assert_int_equal(rig_write(self, (weft_window){0, 0, RIG_COLS, RIG_ROWS}), WEFT_OK);
    assert_int_equal(self->writer->rows, 0);
    rig_finish(self);
    rig_end(self);
    parquet_file file = parquet_read("t");
    assert_int_equal(file.rows, 0);
    assert_int_equal(file.groups, 0);
    assert_int_equal(file.columns, 2 + RIG_COLUMNS);
    parquet_free(&file);
}

/* --- memory --- */

static void test_memory_stays_within_what_was_said(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        table_rig *self = rig_begin(RIG_PLENTY, threads, WEFT_ROW_ALL);
        weft_reserve memory = weft_parquet_writer_reserve(rig_types, RIG_COLUMNS, RIG_COLS, RIG_ROWS, threads);
        weft_ledger_state ledger;
        assert_int_equal(open_writer(self, NULL), WEFT_OK);
        assert_int_equal(rig_write(self, (weft_window){0, 0, RIG_COLS, RIG_ROWS}), WEFT_OK);
        weft_ledger_read(self->context.ledger, &ledger);
        assert_true(ledger.peak_bytes <= memory.desired);
        assert_true(ledger.peak_bytes > memory.desired * 9 / 10);
        rig_end(self);
    }
}

static void test_the_least_memory_is_enough_and_gives_the_same_bytes(void **state) {
    (void)state;
    weft_reserve memory = weft_parquet_writer_reserve(rig_types, RIG_COLUMNS, RIG_COLS, RIG_ROWS, 2);
    write_table("first.parquet", 2, WEFT_ROW_ALL, 100, RIG_COLS);
    table_rig *self = rig_begin(memory.min, 2, WEFT_ROW_ALL);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    rig_write_all(self, 0, 100, RIG_COLS);
    rig_finish(self);
    rig_end(self);
    assert_true(sandbox_same("first.parquet", "t"));
    self = rig_begin(memory.min * 9 / 10, 2, WEFT_ROW_ALL);
    weft_error err = {0};
    assert_int_equal(open_writer(self, &err), WEFT_ERR_MEMORY);
    assert_true(err.message[0] != '\0');
    rig_end(self);
}

/* --- stopping and going on --- */

/* Makes a writer that goes on at `at`. */
static weft_status resume_writer(table_rig *self, const weft_table_position *at, weft_error *err) {
    assert_int_equal(weft_output_file_open_at(&self->output, "t", at->bytes, NULL), WEFT_OK);
    weft_parquet_options options = options_of(self);
    assert_int_equal(weft_parquet_writer_new(&self->writer, &options, NULL), WEFT_OK);
    return self->writer->kind->resume(self->writer, at, err);
}

/* Stops behind `stop_row`, and goes on with chunks of another size that begin at the row of the first cell that is not
 * in the file. */
static void stop_and_go_on(weft_row_filter filter, int64_t stop_row) {
    weft_table_position at;
    table_rig *self = rig_begin(RIG_PLENTY, 2, filter);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    for (int64_t row = 0; row < stop_row; row += 100)
        assert_int_equal(rig_write(self, (weft_window){0, row, RIG_COLS, 100}), WEFT_OK);
    self->writer->kind->position(self->writer, &at);
    assert_int_equal(self->writer->kind->sync_spool(self->writer, (char[WEFT_DIGEST_HEX_BYTES]){0}, NULL), WEFT_OK);
    weft_output_file_keep(self->output, true);
    rig_close(self);
    free(sandbox_succeed("printf garbage >> t.part; printf garbage >> spool"));
    assert_int_equal(resume_writer(self, &at, NULL), WEFT_OK);
    rig_write_all(self, at.next_cell / RIG_COLS, 37, RIG_COLS);
    rig_finish(self);
    rig_end(self);
    assert_int_equal(unlink("spool"), 0);
}

static void test_a_file_that_was_stopped_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("first.parquet", 2, (weft_row_filter)filter, RIG_ROWS, RIG_COLS);
        for (int64_t stop = 0; stop <= RIG_ROWS; stop += 100) {
            stop_and_go_on((weft_row_filter)filter, stop);
            if (!sandbox_same("first.parquet", "t"))
                fail_msg("filter %d, stopped at row %lld: other bytes", filter, (long long)stop);
        }
    }
}

static void test_a_spool_that_is_too_short_to_go_on_is_named(void **state) {
    (void)state;
    const weft_table_position at = {.bytes = 4, .spool_bytes = 1000};
    weft_error err = {0};
    table_rig *self = rig_begin(RIG_PLENTY, 1, WEFT_ROW_ALL);
    sandbox_write("t.part", "PAR1");
    sandbox_write("spool", "short");
    assert_int_equal(resume_writer(self, &at, &err), WEFT_ERR_IO);
    assert_string_equal(err.message, "spool: scratch has 5 bytes, not the 1000 that were noted");
    assert_true(sandbox_exists("spool"));
    assert_int_equal(unlink("spool"), 0);
    rig_end(self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_is_there_once_in_order),
        cmocka_unit_test(test_the_bytes_are_the_same_for_all_chunks_and_threads),
        cmocka_unit_test(test_filters_drop_rows_and_groups_stay_full),
        cmocka_unit_test(test_a_table_without_rows_is_a_whole_file),
        cmocka_unit_test(test_memory_stays_within_what_was_said),
        cmocka_unit_test(test_the_least_memory_is_enough_and_gives_the_same_bytes),
        cmocka_unit_test(test_a_file_that_was_stopped_goes_on_to_the_same_bytes),
        cmocka_unit_test(test_a_spool_that_is_too_short_to_go_on_is_named),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
