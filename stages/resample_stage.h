/* Computes layers whole, window by window on all workers: what in-memory mode does before it merges.
 *
 * In streaming mode this stage has nothing to run: layers resample when they are asked. So do those here that memory
 * does not hold.
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
    int64_t first_row;               /* nobody asks for those above: they are not computed */
    weft_adaptive_size *window_size; /* cells a side; borrowed */
} weft_resample_options;

typedef struct weft_resample_result {
    _Atomic int64_t windows; /* begun */
    int lazy_layers;         /* that memory does not hold */
} weft_resample_result;

/* Cells a side of its windows: of the configured size, or, on narrow grids, one that still gives every worker something
 * to do in a row of windows. */
int64_t weft_resample_window_side(int64_t cols, int64_t window_size, int threads);

/* Fills out[i] with the materialised form of lazy[i], or with NULL where the ledger does not grant it beside the
 * context's working_bytes. The caller frees them with weft_layer_free(). On failure all are NULL. Errors: the layers',
 * WEFT_ERR_MEMORY. */
weft_status weft_resample_run(const weft_resample_options *options, weft_layer **out, weft_resample_result *result,
                              weft_error *err);

#endif
