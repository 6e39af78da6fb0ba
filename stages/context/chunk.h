/* A chunk: what the merge stage produces and writers take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_H
#define WEFT_STAGES_CHUNK_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

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
} weft_chunk;

/* An iterator over chunks, which come in row-major order, whatever their size. One thread calls it, not a worker. */
typedef struct weft_chunk_source {
    /* The next chunk, complete; NULL in *out at the end. It is the caller's until it is released. */
    weft_status (*next)(void *payload, const weft_chunk **out, weft_error *err);
    void (*release)(void *payload, const weft_chunk *chunk);
    void *payload;
} weft_chunk_source;

#endif
