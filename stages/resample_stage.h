/* The resample stage: in in-memory mode it computes layers completely before they are merged, window by window on all
 * workers.
 *
 * In streaming mode it does not run: layers resample when merge asks them. Layers that do not fit in memory do the same.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_RESAMPLE_STAGE_H
#define WEFT_STAGES_RESAMPLE_STAGE_H

#include "stages/context/adaptive_size.h"
#include "stages/layers/layer.h"

typedef struct weft_resample_options {
    weft_context *context;
    weft_worker *workers;    /* one for each thread of the context's pool; borrowed */
    weft_layer *const *lazy; /* in column order; borrowed */
    int layer_count;
    int64_t cols, rows;              /* the grid's */
    int64_t first_row;               /* rows above it are not needed, and not computed */
    weft_adaptive_size *window_size; /* cells a side; borrowed */
} weft_resample_options;

typedef struct weft_resample_result {
    _Atomic int64_t windows; /* begun */
    int lazy_layers;         /* that do not fit in memory and stay lazy */
} weft_resample_result;

/* The side of its windows, in cells: window_size, or less on narrow grids, so that every worker has work in a row of
 * windows. */
int64_t weft_resample_window_side(int64_t cols, int64_t window_size, int threads);

/* Fills out[i] with the materialised form of lazy[i], or with NULL where the ledger does not grant it beside the
 * context's working_bytes. The caller frees them with weft_layer_free(). On failure all are NULL. Errors: the layers',
 * WEFT_ERR_MEMORY. */
weft_status weft_resample_run(const weft_resample_options *options, weft_layer **out, weft_resample_result *result,
                              weft_error *err);

#endif
