/* Files made of chunks of all shapes: the same bytes, every cell once, within the memory that was said, and after a
 * stop at any chunk.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"

#include "stages/parquet_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 280 000 cells: four groups of 2^16 = 65 536 rows and one of 17 856. */
#define COLS    700
#define ROWS    400
#define CELLS   (COLS * ROWS)
#define GROUP   65536
#define COLUMNS 3

static const weft_data_type types[COLUMNS] = {WEFT_FLOAT32, WEFT_INT16, WEFT_FLOAT64};
static const char *const names[COLUMNS] = {"wave", "step", "rare"};

/* What cell `cell` holds; NaN: missing. */
static double formula(int column, int64_t cell) {
    if (column == 0) return cell % 7 == 0 ? NAN : (float)sin((double)cell);
    if (column == 1) return cell % 5 == 0 ? NAN : (double)(cell / COLS % 200);
    return cell / 1000 % 4 == 0 ? (double)cell / 3 : NAN;
}

/* --- a rig that hands out chunks --- */

typedef struct rig {
    weft_activity activity;
    weft_cancel cancel;
    weft_context context;
    weft_row_format format;
    weft_table_spec spec;
    float wave[CELLS];
    int16_t step[CELLS];
    uint8_t step_valid[CELLS];
    double rare[CELLS];
    weft_output_file *output;
    weft_table_writer *writer;
    weft_parquet_options options;
} rig;

static rig *begin(int64_t ledger_bytes, int threads, weft_row_filter filter) {
    rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(weft_ledger_new(&self->context.ledger, ledger_bytes, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, threads, NULL), WEFT_OK);
    self->context.activity = &self->activity;
    self->context.cancel = &self->cancel;
    self->format = (weft_row_format){
        .origin_x = 1000, .origin_y = 100, .res_x = 30, .res_y = 0.1, .column_count = COLUMNS, .filter = filter};
    self->spec = (weft_table_spec){&self->context, &self->format, types, names, COLS, ROWS};
    for (int64_t cell = 0; cell < CELLS; cell++) {
        self->wave[cell] = (float)formula(0, cell);
        self->step_valid[cell] = (uint8_t)!isnan(formula(1, cell));
        self->step[cell] = self->step_valid[cell] ? (int16_t)formula(1, cell) : -1;
        self->rare[cell] = formula(2, cell);
    }
    self->options = (weft_parquet_options){.spec = &self->spec, .codec = WEFT_PAGE_ZSTD, .spool_path = "spool"};
    return self;
}

static weft_status open_writer(rig *self, weft_error *err) {
    assert_int_equal(weft_output_file_open(&self->output, "t.parquet", NULL), WEFT_OK);
    self->options.output = self->output;
    return weft_parquet_writer_new(&self->writer, &self->options, err);
}

static weft_status write_window(rig *self, weft_window window) {
    int64_t first = window.row * COLS + window.col;
    const weft_values columns[COLUMNS] = {{types[0], self->wave + first, NULL, window.cols},
                                          {types[1], self->step + first, self->step_valid + first, window.cols},
                                          {types[2], self->rare + first, NULL, window.cols}};
    weft_chunk chunk = {window, 0, COLUMNS, columns};
    return self->writer->kind->write_chunk(self->writer, &chunk, NULL);
}

static void close_writer(rig *self, bool commit) {
    if (commit) {
        assert_int_equal(self->writer->kind->finish(self->writer, NULL), WEFT_OK);
        assert_int_equal(weft_output_file_commit(self->output, NULL), WEFT_OK);
    }
    weft_table_writer_free(self->writer);
    weft_output_file_close(self->output);
    self->writer = NULL;
    self->output = NULL;
}

static void end(rig *self) {
    weft_table_writer_free(self->writer);
    weft_output_file_close(self->output);
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    free(self);
}

#define PLENTY (INT64_C(1) << 30)

/* Writes the whole table to `path` in chunks of `rows` rows, each cut into pieces of `cols` columns where rows is 1. */
static void write_table(const char *path, int threads, weft_row_filter filter, int64_t rows, int64_t cols) {
    rig *self = begin(PLENTY, threads, filter);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    for (int64_t row = 0; row < ROWS; row += rows)
        for (int64_t col = 0; col < COLS; col += cols)
            assert_int_equal(write_window(self, weft_window_intersect((weft_window){col, row, cols, rows},
                                                                      (weft_window){0, 0, COLS, ROWS})),
                             WEFT_OK);
    close_writer(self, true);
    end(self);
    assert_int_equal(rename("t.parquet", path), 0);
    assert_int_equal(unlink("spool"), 0);
}

/* --- the tests --- */

static void test_every_cell_is_there_once_in_order(void **state) {
    (void)state;
    write_table("all.parquet", 2, WEFT_ROW_ALL, 111, COLS);
    parquet_file file = parquet_read("all.parquet");
    assert_int_equal(file.rows, CELLS);
    assert_int_equal(file.groups, 5);
    assert_int_equal(file.group[0].rows, GROUP);
    assert_int_equal(file.group[1].rows, GROUP);
    assert_string_equal(file.column[0].name, "x");
    assert_string_equal(file.column[1].name, "y");
    for (int64_t cell = 0; cell < CELLS; cell++) {
        assert_true(parquet_number(&file, 0, cell) == 1015 + 30.0 * (double)(cell % COLS));
        /* 99.95, 99.85, ... as they are written by hand: the nearest doubles. */
        char y[32];
        (void)snprintf(y, sizeof y, "%.2f", 99.95 - 0.1 * (double)(cell / COLS));
        assert_true(parquet_number(&file, 1, cell) == strtod(y, NULL));
        for (int i = 0; i < COLUMNS; i++) {
            double expected = formula(i, cell), got = parquet_number(&file, 2 + i, cell);
            assert_true(isnan(expected) ? isnan(got) : got == expected);
        }
    }
    parquet_free(&file);
}

static void test_the_bytes_are_the_same_for_all_chunks_and_threads(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("first.parquet", 2, (weft_row_filter)filter, ROWS, COLS);
        static const struct {
            int threads;
            int64_t rows, cols;
        } shapes[] = {{1, 400, COLS}, {3, 187, COLS}, {2, 188, COLS}, {1, 7, COLS}, {2, 1, 350}, {2, 1, 699}};
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            write_table("second.parquet", shapes[i].threads, (weft_row_filter)filter, shapes[i].rows, shapes[i].cols);
            if (!sandbox_same("first.parquet", "second.parquet"))
                fail_msg("filter %d, chunks of %lld rows: other bytes", filter, (long long)shapes[i].rows);
        }
    }
}

static bool is_expected(weft_row_filter filter, int64_t cell) {
    int there = 0;
    for (int i = 0; i < COLUMNS; i++)
        there += !isnan(formula(i, cell));
    return filter == WEFT_ROW_ALL || there == COLUMNS || (filter == WEFT_ROW_ANY && there > 0);
}

static void test_filters_drop_rows_and_groups_stay_full(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ANY; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("some.parquet", 2, (weft_row_filter)filter, 90, COLS);
        parquet_file file = parquet_read("some.parquet");
        int64_t row = 0;
        for (int64_t cell = 0; cell < CELLS; cell++) {
            if (!is_expected((weft_row_filter)filter, cell)) continue;
            assert_true(row < file.rows);
            assert_true(parquet_number(&file, 0, row) == 1015 + 30.0 * (double)(cell % COLS));
            double expected = formula(2, cell), got = parquet_number(&file, 4, row);
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
    rig *self = begin(PLENTY, 1, WEFT_ROW_COMPLETE);
    for (int64_t cell = 0; cell < CELLS; cell++)
        self->wave[cell] = NAN;
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    assert_int_equal(write_window(self, (weft_window){0, 0, COLS, ROWS}), WEFT_OK);
    assert_int_equal(self->writer->rows, 0);
    close_writer(self, true);
    end(self);
    parquet_file file = parquet_read("t.parquet");
    assert_int_equal(file.rows, 0);
    assert_int_equal(file.groups, 0);
    assert_int_equal(file.columns, 2 + COLUMNS);
    parquet_free(&file);
}

/* --- memory --- */

static void test_memory_stays_within_what_was_said(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        rig *self = begin(PLENTY, threads, WEFT_ROW_ALL);
        weft_parquet_memory memory = weft_parquet_writer_memory(types, COLUMNS, COLS, ROWS, threads);
        weft_ledger_state ledger;
        assert_int_equal(open_writer(self, NULL), WEFT_OK);
        assert_int_equal(write_window(self, (weft_window){0, 0, COLS, ROWS}), WEFT_OK);
        weft_ledger_read(self->context.ledger, &ledger);
        assert_true(ledger.peak_bytes <= memory.wished);
        assert_true(ledger.peak_bytes > memory.wished * 9 / 10);
        close_writer(self, false);
        end(self);
    }
}

static void test_the_least_memory_is_enough_and_gives_the_same_bytes(void **state) {
    (void)state;
    weft_parquet_memory memory = weft_parquet_writer_memory(types, COLUMNS, COLS, ROWS, 2);
    write_table("first.parquet", 2, WEFT_ROW_ALL, 100, COLS);
    rig *self = begin(memory.least, 2, WEFT_ROW_ALL);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    for (int64_t row = 0; row < ROWS; row += 100)
        assert_int_equal(write_window(self, (weft_window){0, row, COLS, 100}), WEFT_OK);
    close_writer(self, true);
    end(self);
    assert_true(sandbox_same("first.parquet", "t.parquet"));
    self = begin(memory.least * 9 / 10, 2, WEFT_ROW_ALL);
    weft_error err = {0};
    assert_int_equal(open_writer(self, &err), WEFT_ERR_MEMORY);
    assert_true(err.message[0] != '\0');
    end(self);
}

/* --- stopping and going on --- */

/* Makes a writer that goes on at `at`. */
static weft_status resume_writer(rig *self, const weft_table_position *at, weft_error *err) {
    assert_int_equal(weft_output_file_open_at(&self->output, "t.parquet", at->bytes, NULL), WEFT_OK);
    self->options.output = self->output;
    assert_int_equal(weft_parquet_writer_new(&self->writer, &self->options, NULL), WEFT_OK);
    return self->writer->kind->resume(self->writer, at, err);
}

/* Stops behind `stop_row`, and goes on with chunks of another size that begin at the row of the first cell that is not
 * in the file. */
static void stop_and_go_on(weft_row_filter filter, int64_t stop_row) {
    weft_table_position at;
    rig *self = begin(PLENTY, 2, filter);
    assert_int_equal(open_writer(self, NULL), WEFT_OK);
    for (int64_t row = 0; row < stop_row; row += 100)
        assert_int_equal(write_window(self, (weft_window){0, row, COLS, 100}), WEFT_OK);
    self->writer->kind->position(self->writer, &at);
    assert_int_equal(self->writer->kind->sync_spool(self->writer, NULL), WEFT_OK);
    weft_output_file_keep(self->output, true);
    close_writer(self, false);
    free(sandbox_succeed("printf garbage >> t.parquet.part; printf garbage >> spool"));
    assert_int_equal(resume_writer(self, &at, NULL), WEFT_OK);
    for (int64_t row = at.next_cell / COLS; row < ROWS; row += 37)
        assert_int_equal(write_window(self, (weft_window){0, row, COLS, ROWS - row < 37 ? ROWS - row : 37}), WEFT_OK);
    close_writer(self, true);
    end(self);
    assert_int_equal(unlink("spool"), 0);
}

static void test_a_file_that_was_stopped_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("first.parquet", 2, (weft_row_filter)filter, ROWS, COLS);
        for (int64_t stop = 0; stop <= ROWS; stop += 100) {
            stop_and_go_on((weft_row_filter)filter, stop);
            if (!sandbox_same("first.parquet", "t.parquet"))
                fail_msg("filter %d, stopped at row %lld: other bytes", filter, (long long)stop);
        }
    }
}

static void test_a_spool_that_is_too_short_to_go_on_is_named(void **state) {
    (void)state;
    const weft_table_position at = {.bytes = 4, .spool_bytes = 1000};
    weft_error err = {0};
    rig *self = begin(PLENTY, 1, WEFT_ROW_ALL);
    sandbox_write("t.parquet.part", "PAR1");
    sandbox_write("spool", "short");
    assert_int_equal(resume_writer(self, &at, &err), WEFT_ERR_IO);
    assert_string_equal(err.message, "spool: scratch has 5 bytes, not the 1000 that were noted");
    assert_true(sandbox_exists("spool"));
    assert_int_equal(unlink("spool"), 0);
    end(self);
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
