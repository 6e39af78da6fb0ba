/* Statistics of chunks of all shapes: the numbers of a plain sum over the rows, the same bits for all chunks, and after
 * a stop at any of them.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "table_rig.h"

#include "stages/writers/stats_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void open_writer(table_rig *self, bool keep) {
    weft_stats_options options = {.spec = &self->spec, .spool_path = "spool", .keep_spool = keep};
    assert_int_equal(weft_stats_writer_new(&self->writer, &options, NULL), WEFT_OK);
}

static void take_result(table_rig *self, weft_column_stats out[RIG_COLUMNS]) {
    rig_finish(self);
    memcpy(out, weft_stats_writer_columns(self->writer), RIG_COLUMNS * sizeof *out);
    rig_end(self);
    assert_false(sandbox_exists("spool"));
}

static void count_table(weft_row_filter filter, rig_shape shape, weft_column_stats out[RIG_COLUMNS]) {
    table_rig *self = rig_begin(RIG_PLENTY, shape.threads, filter);
    open_writer(self, false);
    rig_write_all(self, 0, shape.rows, shape.cols);
    take_result(self, out);
}

/* Mean and sample deviation by their definitions, in two passes of long double. */
static void check_column(weft_row_filter filter, int column, const weft_column_stats *got) {
    long double sum = 0, squares = 0;
    double min = INFINITY, max = -INFINITY;
    int64_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t cell = 0; cell < RIG_CELLS; cell++) {
            double value = rig_formula(column, cell);
            if (isnan(value) || !rig_keeps(filter, cell)) continue;
            if (pass == 1) {
                squares += (value - sum / count) * (value - sum / count);
                continue;
            }
            count++;
            sum += value;
            min = fmin(min, value);
            max = fmax(max, value);
        }
    }
    assert_int_equal(got->count, count);
    bool whole = rig_types[column] == WEFT_INT16;
    assert_true((whole ? (double)got->min.integer : got->min.real) == min);
    assert_true((whole ? (double)got->max.integer : got->max.real) == max);
    double scale = fmax(fabs(min), fabs(max));
    assert_true(fabs(got->mean - (double)(sum / count)) <= 1e-13 * scale);
    double sd = (double)sqrtl(squares / (count - 1));
    assert_true(fabs(weft_column_stats_sd(got) - sd) <= 1e-12 * sd);
}

static void test_the_numbers_are_those_of_a_plain_sum(void **state) {
    (void)state;
    weft_column_stats stats[RIG_COLUMNS];
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        count_table((weft_row_filter)filter, rig_shapes[2], stats);
        for (int column = 0; column < RIG_COLUMNS; column++)
            check_column((weft_row_filter)filter, column, &stats[column]);
    }
}

static void test_the_bits_are_the_same_whatever_the_chunks(void **state) {
    (void)state;
    weft_column_stats first[RIG_COLUMNS], second[RIG_COLUMNS];
    for (int filter = WEFT_ROW_ALL; filter <= WEFT_ROW_COMPLETE; filter++) {
        count_table((weft_row_filter)filter, rig_shapes[0], first);
        for (int i = 1; i < RIG_SHAPES; i++) {
            count_table((weft_row_filter)filter, rig_shapes[i], second);
            assert_memory_equal(first, second, sizeof first);
        }
    }
}

static void test_a_count_that_was_stopped_goes_on_to_the_same_bits(void **state) {
    (void)state;
    weft_column_stats first[RIG_COLUMNS], second[RIG_COLUMNS];
    weft_table_position at;
    count_table(WEFT_ROW_ANY, rig_shapes[0], first);
    for (int64_t stop = 0; stop <= RIG_ROWS; stop += 25) {
        table_rig *self = rig_begin(RIG_PLENTY, 2, WEFT_ROW_ANY);
        open_writer(self, true);
        for (int64_t row = 0; row < stop; row += 25)
            assert_int_equal(rig_write(self, (weft_window){0, row, RIG_COLS, 25}), WEFT_OK);
        self->writer->kind->position(self->writer, &at);
        rig_end(self);
        if (stop > 0) free(sandbox_succeed("printf garbage >> spool"));
        self = rig_begin(RIG_PLENTY, 2, WEFT_ROW_ANY);
        open_writer(self, false);
        assert_int_equal(self->writer->kind->resume(self->writer, &at, NULL), WEFT_OK);
        assert_int_equal(self->writer->rows, at.rows);
        rig_write_all(self, at.next_cell / RIG_COLS, 37, RIG_COLS);
        take_result(self, second);
        assert_memory_equal(first, second, sizeof first);
    }
}

static void test_memory_is_what_was_said(void **state) {
    (void)state;
    weft_ledger_state ledger;
    table_rig *self = rig_begin(weft_stats_writer_bytes(RIG_COLUMNS, 2), 2, WEFT_ROW_ALL);
    open_writer(self, false);
    rig_write_all(self, 0, 20, RIG_COLS);
    weft_ledger_read(self->context.ledger, &ledger);
    assert_true(ledger.peak_bytes > 0 && ledger.peak_bytes <= weft_stats_writer_bytes(RIG_COLUMNS, 2));
    rig_end(self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_numbers_are_those_of_a_plain_sum),
        cmocka_unit_test(test_the_bits_are_the_same_whatever_the_chunks),
        cmocka_unit_test(test_a_count_that_was_stopped_goes_on_to_the_same_bits),
        cmocka_unit_test(test_memory_is_what_was_said),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
