/* A chunk: what the merge stage produces and writers take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_H
#define WEFT_STAGES_CHUNK_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

/* The geometry of a chunk's rows where they are points or polygons and not cells, for formats that write geometry. In the
 * CRS of the features' file. Borrowed with the chunk. */
typedef struct weft_chunk_shapes {
    const uint8_t *wkb;       /* WKB (ISO, little endian) of all rows, one after the other */
    const int64_t *ends;      /* row i's WKB is wkb[i > 0 ? ends[i - 1] : 0 .. ends[i] - 1]; no bytes: no geometry */
    const double (*boxes)[4]; /* row i's xmin, ymin, xmax, ymax; NaN where it has no geometry */
} weft_chunk_shapes;

/* Cells of the grid in row-major order: whole rows, or a part of one row. */
typedef struct weft_chunk {
    weft_window window;
    int64_t number;      /* from 0 */
    double fill_seconds; /* from its beginning until its last window was filled */
    int column_count;
    /* column_count views, whose (0, 0) is the window's first cell. Where an expression or a sample chooses the rows, one
     * more view follows: bytes that are 0 for cells that are no rows (weft_row_format.chosen). For a sample by classes a
     * second one follows, with the classes. */
    const weft_values *columns;
    const weft_chunk_shapes *shapes; /* NULL: rows are cells, or no format asked (weft_format.shapes) */
} weft_chunk;

/* An iterator over chunks, which come in row-major order, whatever their size. One thread calls it, not a worker. */
typedef struct weft_chunk_source {
    /* The next chunk, complete; NULL in *out at the end. It is the caller's until it is released. */
    weft_status (*next)(void *payload, const weft_chunk **out, weft_error *err);
    void (*release)(void *payload, const weft_chunk *chunk);
    void *payload;
} weft_chunk_source;

#endif
