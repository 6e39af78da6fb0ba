/* SPDX-License-Identifier: MIT */
#include "table_rig.h"

#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>

const weft_data_type rig_types[RIG_COLUMNS] = {WEFT_FLOAT32, WEFT_INT16, WEFT_FLOAT64};
const char *const rig_names[RIG_COLUMNS] = {"wave", "step", "rare"};
const rig_shape rig_shapes[RIG_SHAPES] = {
    {1, RIG_ROWS, RIG_COLS}, {3, 87, RIG_COLS}, {2, 18, RIG_COLS}, {1, 7, RIG_COLS},
    {2, 1, RIG_COLS},        {2, 1, 150},       {3, 1, 299}};

double rig_formula(int column, int64_t cell) {
    if (column == 0) return cell % 7 == 0 ? NAN : (float)sin((double)cell);
    if (column == 1) return cell % 5 == 0 ? NAN : (double)(cell / RIG_COLS % 150);
    return cell / 1000 % 4 == 0 ? (double)cell / 3 : NAN;
}

bool rig_keeps(weft_row_filter filter, int64_t cell) {
    int there = 0;
    for (int i = 0; i < RIG_COLUMNS; i++)
        there += !isnan(rig_formula(i, cell));
    return filter == WEFT_ROW_ALL || there == RIG_COLUMNS || (filter == WEFT_ROW_ANY && there > 0);
}

table_rig *rig_begin(int64_t ledger_bytes, int threads, weft_row_filter filter) {
    table_rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(weft_ledger_new(&self->context.ledger, ledger_bytes, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, threads, NULL), WEFT_OK);
    self->context.activity = &self->activity;
    self->context.cancel = &self->cancel;
    self->format = (weft_row_format){.origin_x = 1000,
                                     .origin_y = 100,
                                     .res_x = 30,
                                     .res_y = 0.1,
                                     .column_count = RIG_COLUMNS,
                                     .filter = filter,
                                     .nodata = ""};
    self->spec = (weft_table_spec){&self->context,      &self->format, rig_types, rig_names, RIG_COLS, RIG_ROWS, 0,
                                   RIG_COLS * RIG_ROWS, false};
    for (int64_t cell = 0; cell < RIG_CELLS; cell++) {
        self->wave[cell] = (float)rig_formula(0, cell);
        self->step_valid[cell] = (uint8_t)!isnan(rig_formula(1, cell));
        self->step[cell] = self->step_valid[cell] ? (int16_t)rig_formula(1, cell) : -1;
        self->rare[cell] = rig_formula(2, cell);
    }
    return self;
}

void rig_open(table_rig *self) {
    assert_int_equal(weft_output_file_open(&self->output, "t", NULL), WEFT_OK);
}

weft_status rig_write(table_rig *self, weft_window window) {
    int64_t first = window.row * RIG_COLS + window.col;
    const weft_values columns[RIG_COLUMNS] = {{rig_types[0], self->wave + first, NULL, window.cols},
                                              {rig_types[1], self->step + first, self->step_valid + first, window.cols},
                                              {rig_types[2], self->rare + first, NULL, window.cols}};
    weft_chunk chunk = {.window = window, .column_count = RIG_COLUMNS, .columns = columns};
    return self->writer->kind->write_chunk(self->writer, &chunk, NULL);
}

void rig_write_all(table_rig *self, int64_t row, int64_t rows, int64_t cols) {
    for (; row < RIG_ROWS; row += rows)
        for (int64_t col = 0; col < RIG_COLS; col += cols)
            assert_int_equal(rig_write(self, weft_window_intersect((weft_window){col, row, cols, rows},
                                                                   (weft_window){0, 0, RIG_COLS, RIG_ROWS})),
                             WEFT_OK);
}

void rig_finish(table_rig *self) {
    if (self->writer->kind->finish != NULL) assert_int_equal(self->writer->kind->finish(self->writer, NULL), WEFT_OK);
    if (self->output != NULL) assert_int_equal(weft_output_file_commit(self->output, NULL), WEFT_OK);
}

void rig_close(table_rig *self) {
    weft_table_writer_free(self->writer);
    weft_output_file_close(self->output);
    self->writer = NULL;
    self->output = NULL;
}

void rig_end(table_rig *self) {
    rig_close(self);
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    free(self);
}
