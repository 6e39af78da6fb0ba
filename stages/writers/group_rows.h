/* Which rows of the table a row group has.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_GROUP_ROWS_H
#define WEFT_STAGES_GROUP_ROWS_H

#include <stddef.h>
#include <stdint.h>

typedef struct weft_group_rows {
    int64_t first_cell, count;
    const int64_t *cells; /* the grid's cell of each row, row-major; NULL: those from first_cell on. Borrowed */
} weft_group_rows;

/* The cell of row `i`, 0 .. count - 1. */
static inline int64_t weft_group_rows_cell(const weft_group_rows *rows, int64_t i) {
    return rows->cells != NULL ? rows->cells[i] : rows->first_cell + i;
}

#endif
