/* Text in gzip members against the plain CSV of the same table, by gzip itself: the same bytes for all chunks, within
 * the memory that was said, and after a stop at any chunk.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "table_rig.h"

#include "stages/writers/csv_writer.h"
#include "stages/writers/gzip_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static weft_reserve memory_of(const table_rig *self, int threads) {
    int64_t line = (int64_t)weft_row_format_bound(&self->format, rig_types);
    return weft_gzip_writer_reserve(line, RIG_COLUMNS, RIG_CELLS, threads);
}

static weft_status open_writer(table_rig *self) {
    rig_open(self);
    return weft_gzip_writer_new(&self->writer, &self->spec, self->output, 6, INT64_MAX, NULL);
}

static void write_table(const char *path, weft_row_filter filter, rig_shape shape) {
    table_rig *self = rig_begin(RIG_PLENTY, shape.threads, filter);
    assert_int_equal(open_writer(self), WEFT_OK);
    rig_write_all(self, 0, shape.rows, shape.cols);
    rig_finish(self);
    rig_end(self);
    assert_int_equal(rename("t", path), 0);
}

static void write_csv(const char *path, weft_row_filter filter) {
    table_rig *self = rig_begin(RIG_PLENTY, 2, filter);
    rig_open(self);
    assert_int_equal(weft_csv_writer_new(&self->writer, &self->spec, self->output, 65536, NULL), WEFT_OK);
    rig_write_all(self, 0, 50, RIG_COLS);
    rig_finish(self);
    rig_end(self);
    assert_int_equal(rename("t", path), 0);
}

static void test_gzip_gives_back_the_csv_whatever_the_chunks(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_csv("plain.csv", (weft_row_filter)filter);
        write_table("first.gz", (weft_row_filter)filter, rig_shapes[0]);
        free(sandbox_succeed("gzip -t < first.gz; zcat < first.gz > text"));
        assert_true(sandbox_same("text", "plain.csv"));
        for (int i = 1; i < RIG_SHAPES; i++) {
            write_table("second.gz", (weft_row_filter)filter, rig_shapes[i]);
            if (!sandbox_same("first.gz", "second.gz")) fail_msg("filter %d, shape %d: other bytes", filter, i);
        }
    }
}

/* 262144 / (20 + 3 * 10) = 5242 cells a member: 60000 cells are 12 of them, and the header is one. Members have no name
 * and no time: each begins with 1f 8b 08 00 00 00 00 00. */
static void test_members_are_counted_in_cells_and_have_no_time(void **state) {
    (void)state;
    assert_int_equal(weft_gzip_member_cells(RIG_COLUMNS), 5242);
    write_table("t.gz", WEFT_ROW_ALL, rig_shapes[1]);
    size_t length;
    char *bytes = sandbox_read("t.gz", &length);
    int members = 0;
    for (size_t i = 0; i + 8 < length; i++)
        members += memcmp(bytes + i, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0;
    assert_int_equal(members, 13);
    free(bytes);
}

/* Rows are in the first and in the last member alone. */
static void test_members_without_rows_are_left_out(void **state) {
    (void)state;
    table_rig *self = rig_begin(RIG_PLENTY, 2, WEFT_ROW_COMPLETE);
    for (int64_t cell = 0; cell < RIG_CELLS; cell++) {
        bool there = cell == 7 || cell == RIG_CELLS - 1;
        self->wave[cell] = there ? 1.5f : NAN;
        self->step_valid[cell] = 1;
        self->step[cell] = 3;
        self->rare[cell] = 0.25;
    }
    assert_int_equal(open_writer(self), WEFT_OK);
    rig_write_all(self, 0, 33, RIG_COLS);
    assert_int_equal(self->writer->rows, 2);
    rig_finish(self);
    rig_end(self);
    free(sandbox_succeed("gzip -t < t"));
    char *text = sandbox_succeed("zcat < t; wc -c < t");
    /* x = 1000 + (7 + 0.5) * 30; y of the last row: 100 - 199.5 * 0.1. Three members of at most 60 bytes. */
    assert_int_equal(strncmp(text, "x,y,wave,step,rare\n1225,99.95,1.5,3,0.25\n9985,80.05,1.5,3,0.25\n", 63), 0);
    assert_true(atol(text + 63) < 180);
    free(text);
}

static void test_a_table_without_rows_is_its_header(void **state) {
    (void)state;
    table_rig *self = rig_begin(RIG_PLENTY, 1, WEFT_ROW_COMPLETE);
    for (int64_t cell = 0; cell < RIG_CELLS; cell++)
        self->wave[cell] = NAN;
    assert_int_equal(open_writer(self), WEFT_OK);
    rig_write_all(self, 0, RIG_ROWS, RIG_COLS);
    rig_finish(self);
    rig_end(self);
    char *text = sandbox_succeed("gzip -t < t && zcat < t");
    assert_string_equal(text, "x,y,wave,step,rare\n");
    free(text);
}

static void test_memory_stays_within_what_was_said_and_the_least_is_enough(void **state) {
    (void)state;
    write_table("first.gz", WEFT_ROW_ALL, rig_shapes[0]);
    for (int threads = 1; threads <= 3; threads++) {
        table_rig *self = rig_begin(RIG_PLENTY, threads, WEFT_ROW_ALL);
        weft_ledger_state ledger;
        assert_int_equal(open_writer(self), WEFT_OK);
        rig_write_all(self, 0, RIG_ROWS, RIG_COLS);
        weft_ledger_read(self->context.ledger, &ledger);
        assert_true(ledger.peak_bytes <= memory_of(self, threads).desired);
        assert_true(ledger.peak_bytes > memory_of(self, threads).desired * 9 / 10);
        int64_t min = memory_of(self, threads).min;
        rig_end(self);
        self = rig_begin(min, threads, WEFT_ROW_ALL);
        assert_int_equal(open_writer(self), WEFT_OK);
        rig_write_all(self, 0, 21, RIG_COLS);
        rig_finish(self);
        rig_end(self);
        assert_true(sandbox_same("first.gz", "t"));
        self = rig_begin(min * 9 / 10, threads, WEFT_ROW_ALL);
        assert_int_equal(open_writer(self), WEFT_ERR_MEMORY);
        rig_end(self);
    }
}

/* Stops behind `stop_row`; goes on with other chunks, that begin with the row of the first cell not in the file. */
static void stop_and_go_on(weft_row_filter filter, int64_t stop_row) {
    weft_table_position at;
    table_rig *self = rig_begin(RIG_PLENTY, 2, filter);
    assert_int_equal(open_writer(self), WEFT_OK);
    for (int64_t row = 0; row < stop_row; row += 25)
        assert_int_equal(rig_write(self, (weft_window){0, row, RIG_COLS, 25}), WEFT_OK);
    self->writer->kind->position(self->writer, &at);
    free(sandbox_succeed("cp t.part stopped"));
    assert_true(at.next_cell <= stop_row * RIG_COLS && stop_row * RIG_COLS - at.next_cell < 5242);
    rig_end(self);
    self = rig_begin(RIG_PLENTY, 2, filter);
    char *bytes = sandbox_read("stopped", NULL);
    rig_open(self);
    assert_int_equal(weft_output_file_write(self->output, bytes, (size_t)at.bytes, NULL), WEFT_OK);
    assert_int_equal(weft_gzip_writer_new(&self->writer, &self->spec, self->output, 6, INT64_MAX, NULL), WEFT_OK);
    assert_int_equal(self->writer->kind->resume(self->writer, &at, NULL), WEFT_OK);
    rig_write_all(self, at.next_cell / RIG_COLS, 37, RIG_COLS);
    int64_t rows = 0;
    for (int64_t cell = 0; cell < RIG_CELLS; cell++)
        rows += rig_keeps(filter, cell);
    assert_int_equal(self->writer->rows, rows);
    rig_finish(self);
    rig_end(self);
    free(bytes);
}

static void test_a_file_that_was_stopped_goes_on_to_the_same_bytes(void **state) {
    (void)state;
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        write_table("first.gz", (weft_row_filter)filter, rig_shapes[0]);
        for (int64_t stop = 0; stop <= RIG_ROWS; stop += 25) {
            stop_and_go_on((weft_row_filter)filter, stop);
            if (!sandbox_same("first.gz", "t"))
                fail_msg("filter %d, stopped at row %lld: other bytes", filter, (long long)stop);
        }
    }
}

static void test_a_run_that_is_cancelled_ends_with_that(void **state) {
    (void)state;
    table_rig *self = rig_begin(RIG_PLENTY, 2, WEFT_ROW_ALL);
    assert_int_equal(open_writer(self), WEFT_OK);
    weft_cancel_request(&self->cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(rig_write(self, (weft_window){0, 0, RIG_COLS, 50}), WEFT_ERR_CANCELLED);
    rig_end(self);
    assert_false(sandbox_exists("t.part"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip_gives_back_the_csv_whatever_the_chunks),
        cmocka_unit_test(test_members_are_counted_in_cells_and_have_no_time),
        cmocka_unit_test(test_members_without_rows_are_left_out),
        cmocka_unit_test(test_a_table_without_rows_is_its_header),
        cmocka_unit_test(test_memory_stays_within_what_was_said_and_the_least_is_enough),
        cmocka_unit_test(test_a_file_that_was_stopped_goes_on_to_the_same_bytes),
        cmocka_unit_test(test_a_run_that_is_cancelled_ends_with_that),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
