/* The merge stage: an iterator over chunks, which are consecutive grid rows, full width, with the values of all layers.
 *
 * While one chunk is being exported the next is being filled, unless memory is short. A chunk that is larger than its
 * share, or that the ledger refuses, is tried again with half the rows, down to one; a row that is too wide is cut along
 * x. Chunks come in row-major order, whatever their size.
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
    int64_t slot_bytes;          /* a chunk that takes more is cut; from the memory plan. 0: the ledger alone decides */
    atomic_uchar *seen;          /* one for each column, set to 1 when it has a value; borrowed. NULL: not wanted */
    weft_chunk_columns *columns; /* computes columns from the layers, and chooses rows; borrowed. NULL: the layers are
                                    the columns */
    weft_adaptive_size *chunk_size;  /* grid rows; borrowed */
    weft_adaptive_size *window_size; /* cells a side; borrowed */
} weft_merge_options;

/* The side, in cells, of the windows that a chunk of cols x rows cells is cut into: window_size, or less, so that every
 * worker has work where the chunk is large enough to share. */
int64_t weft_merge_window_side(int64_t cols, int64_t rows, int64_t window_size, int threads);

/* The most bytes that a chunk of whole rows takes; INT64_MAX / 4 where the product overflows. cell_bytes: of one cell in
 * all columns together. */
int64_t weft_merge_chunk_bytes(int64_t cols, int64_t rows, int64_t cell_bytes, int columns, int datasets,
                               int64_t window_size, int threads);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_merge_stage_new(weft_merge_stage **out, const weft_merge_options *options, weft_error *err);

/* Waits for the tasks that are running. NULL is allowed. */
void weft_merge_stage_free(weft_merge_stage *stage);

/* The stage as a chunk source, for callers that must not know where chunks come from. */
weft_chunk_source weft_merge_stage_source(weft_merge_stage *stage);

/* Gives the next chunk, completely filled, and starts the one after it.
 *
 * out     NULL at the end; borrowed until weft_merge_stage_release()
 * thread  one, not a worker
 * errors  the layers'; WEFT_ERR_MEMORY when not even a few cells fit */
weft_status weft_merge_stage_next(weft_merge_stage *stage, const weft_chunk **out, weft_error *err);
void weft_merge_stage_release(weft_merge_stage *stage, const weft_chunk *chunk);

/* How many chunks were begun. */
int64_t weft_merge_stage_chunks(const weft_merge_stage *stage);
/* How many windows of those chunks were begun, summed over datasets. */
int64_t weft_merge_stage_windows(const weft_merge_stage *stage);

#endif
