/* What merge gives and writers take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_H
#define WEFT_STAGES_CHUNK_H

#include "core/data_type.h"
#include "core/window.h"

/* Cells of the grid in row-major order: whole rows, or a part of one row. */
typedef struct weft_chunk {
    weft_window window;
    int64_t number;      /* from 0 */
    double fill_seconds; /* from its beginning until its last window was filled */
    int column_count;
    /* (0, 0) is the window's first cell. Where rows are chosen by an expression, one more view follows, of bytes that
     * are 0 for cells that are no rows (weft_row_format.chosen); and behind it, for a sample by classes, one of these.
     */
    const weft_values *columns;
} weft_chunk;

#endif
