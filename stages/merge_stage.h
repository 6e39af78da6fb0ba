/* A chunk iterator over the layers: bands of grid rows, full width, merged from all columns.
 *
 * While one chunk is being exported the next is under way, unless memory is short. A chunk that is more than its share,
 * or that the ledger does not grant, is asked for again with half the rows, down to one; a row too wide is cut along x.
 * Chunks come in row-major order, whatever their size.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_MERGE_STAGE_H
#define WEFT_STAGES_MERGE_STAGE_H

#include "stages/chunk_columns.h"
#include "stages/context/adaptive_size.h"
#include "stages/context/chunk.h"
#include "stages/layers/layer.h"

#include <stdatomic.h>

typedef struct weft_merge_stage weft_merge_stage;

typedef struct weft_merge_options {
    weft_context *context;
    weft_worker *workers;      /* one for each thread of the context's pool; borrowed */
    weft_layer *const *layers; /* in column order, those of one dataset side by side; borrowed */
    int layer_count;
    int64_t cols, rows;          /* the grid's */
    int64_t first_row;           /* where to begin; > 0 on resume */
    int64_t slot_bytes;          /* of the memory plan: a chunk that takes more is cut. 0: the ledger alone decides */
    atomic_uchar *seen;          /* one a column, set to 1 when a value of it was met; borrowed. NULL: nobody asks */
    weft_chunk_columns *columns; /* what is computed of the layers, and what of it is written; borrowed. NULL: the
                                    layers are the columns */
    weft_adaptive_size *chunk_size;  /* grid rows; borrowed */
    weft_adaptive_size *window_size; /* cells a side; borrowed */
} weft_merge_options;

/* Cells a side of the windows that a chunk of so many cells is cut into: of the configured size, or smaller, so that
 * every worker has something to do where the chunk is large enough to share. */
int64_t weft_merge_window_side(int64_t cols, int64_t rows, int64_t window_size, int threads);

/* The most that a chunk of whole rows takes, of columns that take `cell_bytes` a cell, all together; INT64_MAX / 4
 * where it is more than can be counted. */
int64_t weft_merge_chunk_bytes(int64_t cols, int64_t rows, int64_t cell_bytes, int columns, int datasets,
                               int64_t window_size, int threads);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_merge_stage_new(weft_merge_stage **out, const weft_merge_options *options, weft_error *err);

/* Waits for what is under way. NULL is fine. */
void weft_merge_stage_free(weft_merge_stage *stage);

/* The same chunks for whoever does not know where they come from. */
weft_chunk_source weft_merge_stage_source(weft_merge_stage *stage);

/* Gives the next chunk, complete, and starts the one after it; NULL in *out at the end. The chunk is the caller's until
 * weft_merge_stage_release(). One thread, not a worker. Errors: the layers', WEFT_ERR_MEMORY when not even a few cells
 * fit. */
weft_status weft_merge_stage_next(weft_merge_stage *stage, const weft_chunk **out, weft_error *err);
void weft_merge_stage_release(weft_merge_stage *stage, const weft_chunk *chunk);

/* How many were begun. */
int64_t weft_merge_stage_chunks(const weft_merge_stage *stage);
/* How many windows of those chunks were begun, over all datasets. */
int64_t weft_merge_stage_windows(const weft_merge_stage *stage);

#endif
