/* Where a chunk's columns lie in its memory: those of the layers, those derived of them, which rows are kept.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_LAYOUT_H
#define WEFT_STAGES_CHUNK_LAYOUT_H

#include "core/window.h"
#include "processors/table/column_program.h"
#include "stages/layers/layer.h"

/* Borrowed. */
typedef struct weft_chunk_layout {
    weft_layer *const *layers;
    int layer_count;
    const weft_column_program *program; /* NULL: the layers are the columns */
} weft_chunk_layout;

/* Zero-initialised is empty. */
typedef struct weft_chunk_views {
    weft_values *values;  /* of the layers, then of derived columns */
    weft_values *columns; /* weft_chunk.columns: column_count, then which rows are kept, and of which class */
    int column_count;
    uint8_t *kept; /* of the cells, where an expression or a sample chooses; else of no use */
} weft_chunk_views;

/* Makes room for the views of a layout. Errors: WEFT_ERR_MEMORY. */
weft_status weft_chunk_views_new(weft_chunk_views *out, const weft_chunk_layout *layout, weft_error *err);
void weft_chunk_views_dispose(weft_chunk_views *views);

/* Bytes that so many cells take. False: more than can be counted. */
bool weft_chunk_layout_bytes(const weft_chunk_layout *layout, int64_t cells, int64_t *out);

/* Puts the views of a window's cells into `memory`, which has weft_chunk_layout_bytes(). Returns where the memory after
 * them begins. */
void *weft_chunk_layout_make(const weft_chunk_layout *layout, weft_window window, void *memory,
                             weft_chunk_views *views);

#endif
