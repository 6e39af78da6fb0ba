/* The columns that say where a cell is, made from its number in the grid: row and col, where the table has them, x and
 * y.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PLACE_COLUMNS_H
#define WEFT_STAGES_PLACE_COLUMNS_H

#include "core/memory/buffer.h"
#include "stages/writers/group_rows.h"
#include "stages/writers/table_writer.h"

/* Zero-initialised is empty. Shared by workers once it is made. */
typedef struct weft_place_columns {
    const weft_table_spec *spec; /* borrowed */
    int count;                   /* 2: x and y; 4: row, col, x and y */
    const char *names[4];
    weft_buffer xs; /* the x of every grid column; empty: each is made when it is asked for */
} weft_place_columns;

/* What the x of every grid column take of the ledger. */
int64_t weft_place_columns_bytes(int64_t cols);

/* Which columns there are, and their names. */
void weft_place_columns_init(weft_place_columns *places, const weft_table_spec *spec);
/* Makes the x of every grid column, once for all rows, where the ledger has room for them in `share_bytes`. */
void weft_place_columns_make_xs(weft_place_columns *places, int64_t share_bytes);
void weft_place_columns_dispose(weft_place_columns *places);

/* WEFT_INT32 for row and col, WEFT_FLOAT64 for x and y. column: 0 .. count - 1. */
weft_data_type weft_place_columns_type(const weft_place_columns *places, int column);
/* Fills out[rows->count] with values of that type. None is missing. Any thread. */
void weft_place_columns_fill(const weft_place_columns *places, const weft_group_rows *rows, int column, void *out);

#endif
