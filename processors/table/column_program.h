/* What a table's columns are made of: values of layers, expressions over them, and which of all are written.
 *
 * Values are numbered: those of the layers first, then those of the derived columns, in their order. An expression's
 * operands are values with smaller numbers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_COLUMN_PROGRAM_H
#define WEFT_PROCESSORS_COLUMN_PROGRAM_H

#include "core/data_type.h"
#include "processors/table/expression.h"

#include <stdatomic.h>

typedef struct weft_derived_column {
    const char *name; /* borrowed */
    weft_expression expression;
    weft_data_type type;
} weft_derived_column;

/* Fixed for the run; any number of threads may share it. */
typedef struct weft_column_program {
    int layer_count;
    weft_derived_column *derived;
    int derived_count;
    weft_expression where; /* which cells are kept */
    bool has_where;
    bool chooses; /* not every cell is a row: by where, a region or a sample */
    int by;       /* the value that a sample's classes are; -1: there are none */
    int *written; /* written_count numbers of values, each once, in the order of the table */
    int written_count;
} weft_column_program;

void weft_column_program_dispose(weft_column_program *program);

/* Bytes that a cell takes beside the layers' values: derived columns, and a byte for whether it is kept. */
int64_t weft_column_program_cell_bytes(const weft_column_program *program);

/* What is met while columns are computed, for whoever warns of it at the end. */
#define WEFT_MARK_VALUE        1 /* of a column: one cell at least has a value; of the rows: one at least is kept */
#define WEFT_MARK_OUT_OF_RANGE 2 /* a value does not fit into the column's type, and is missing therefore */

/* The bytes that a deriver takes for compiled expressions; those that differ in their operands alone are one. */
int64_t weft_deriver_compiled_bytes(const weft_column_program *program);

/* A program compiled, and used by one thread at a time. */
typedef struct weft_deriver weft_deriver;

/* `program` is borrowed and outlives it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_deriver_new(weft_deriver **out, const weft_column_program *program, weft_error *err);
/* NULL is fine. */
void weft_deriver_free(weft_deriver *deriver);

/* What weft_deriver_run() works in. */
int64_t weft_deriver_scratch_bytes(const weft_column_program *program);

/* Computes the derived columns of `count` cells from `first` on, and leaves out cells that `where` does not keep.
 *
 * values        one view a value, each without gaps between its rows; those of derived columns are filled
 * kept          one byte a cell, from the views' first cell on; set to 0 where `where` drops the cell, and left at 0
 *               where it is 0 already. NULL without has_where
 * scratch       weft_deriver_scratch_bytes() of it, aligned for doubles
 * seen          one of each derived column, then one for the rows: bits of what was met in any cell (WEFT_MARK_..) */
void weft_deriver_run(weft_deriver *deriver, const weft_values *values, uint8_t *kept, int64_t first, int64_t count,
                      void *scratch, atomic_uchar *seen);

/* Makes the written columns missing in those of the cells that are not kept. */
void weft_column_program_mask(const weft_column_program *program, const weft_values *values, const uint8_t *kept,
                              int64_t first, int64_t count);

#endif
