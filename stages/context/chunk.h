/* What merge gives and writers take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_H
#define WEFT_STAGES_CHUNK_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

/* Where a chunk's rows lie, of rows that are points or polygons and not cells: for formats that write geometry. In the
 * CRS of their file. Borrowed with the chunk. */
typedef struct weft_chunk_shapes {
    const uint8_t *wkb;       /* of one row after the other: ISO, little endian */
    const int64_t *ends;      /* of row i's bytes in wkb; they begin where the row before it ends. None: no geometry */
    const double (*boxes)[4]; /* of row i: xmin, ymin, xmax, ymax; NaN where it has no geometry */
} weft_chunk_shapes;

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
    const weft_chunk_shapes *shapes; /* NULL: rows are cells, or no format asked (weft_format.shapes) */
} weft_chunk;

/* Who gives chunks, in row-major order, whatever their size. Calls come from one thread, not a worker. */
typedef struct weft_chunk_source {
    /* The next chunk, complete; NULL in *out at the end. It is the caller's until it is released. */
    weft_status (*next)(void *payload, const weft_chunk **out, weft_error *err);
    void (*release)(void *payload, const weft_chunk *chunk);
    void *payload;
} weft_chunk_source;

#endif
