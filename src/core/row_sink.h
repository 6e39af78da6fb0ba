/* Where a stage sends the rows of a table that it does not write itself: whoever keeps them stands behind this.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ROW_SINK_H
#define WEFT_CORE_ROW_SINK_H

#include "core/data_type.h"
#include "core/status.h"

/* Rows of the table whose cells are of one grid row, side by side; or rows that are no cells, which have neither x and
 * y nor row and column. Borrowed for the call. */
typedef struct weft_row_batch {
    int64_t count;
    const bool *kept;           /* of each cell: whether it is a row of the table */
    const double *x;            /* of each cell's centre; NULL: rows are no cells */
    double y;                   /* of all of them */
    int64_t row;                /* of all of them in the grid */
    int64_t col, cell_rows;     /* row i's column in the grid is (col + i) / cell_rows */
    const weft_values *columns; /* (0, i) is cell i's */
} weft_row_batch;

/* Calls come from one thread, batches in row-major order. */
typedef struct weft_row_sink {
    weft_status (*add)(void *payload, const weft_row_batch *batch, weft_error *err);
    /* After the last batch: all of it is in the file. */
    weft_status (*finish)(void *payload, weft_error *err);
    void (*free)(void *payload);
    void *payload;
} weft_row_sink;

#endif
