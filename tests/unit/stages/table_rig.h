/* Hands chunks of a made-up table to a table writer: three columns with holes, 300 x 200 cells, or as many as the build
 * says for a writer whose units are larger.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_STAGES_TABLE_RIG_H
#define WEFT_TESTS_UNIT_STAGES_TABLE_RIG_H

#include "stages/writers/table_writer.h"

#ifndef RIG_COLS
#define RIG_COLS 300
#define RIG_ROWS 200
#endif
#define RIG_CELLS   (RIG_COLS * RIG_ROWS)
#define RIG_COLUMNS 3
#define RIG_PLENTY  (INT64_C(1) << 30)

extern const weft_data_type rig_types[RIG_COLUMNS]; /* Float32, Int16, Float64 */
extern const char *const rig_names[RIG_COLUMNS];

/* What cell `cell` holds; NaN: missing. */
double rig_formula(int column, int64_t cell);
/* Whether the filter keeps it. */
bool rig_keeps(weft_row_filter filter, int64_t cell);

typedef struct table_rig {
    weft_activity activity;
    weft_cancel cancel;
    weft_context context;
    weft_row_format format;
    weft_table_spec spec;
    float wave[RIG_CELLS];
    int16_t step[RIG_CELLS];
    uint8_t step_valid[RIG_CELLS];
    double rare[RIG_CELLS];
    weft_output_file *output;
    weft_table_writer *writer; /* of whoever tests */
} table_rig;

table_rig *rig_begin(int64_t ledger_bytes, int threads, weft_row_filter filter);
/* Opens the output "t". */
void rig_open(table_rig *self);
weft_status rig_write(table_rig *self, weft_window window);
/* Every row from `row` on, in chunks of `rows` rows, each in pieces of `cols` columns where rows is 1. */
void rig_write_all(table_rig *self, int64_t row, int64_t rows, int64_t cols);
/* Frees the writer and closes the output. */
void rig_close(table_rig *self);
/* Finishes the writer and commits the output, if there is one. */
void rig_finish(table_rig *self);
/* Frees all; nothing may be left in the ledger. */
void rig_end(table_rig *self);

/* Chunks that cut rows, units and parts in all ways. */
typedef struct rig_shape {
    int threads;
    int64_t rows, cols;
} rig_shape;
#define RIG_SHAPES 7
extern const rig_shape rig_shapes[RIG_SHAPES];

#endif
