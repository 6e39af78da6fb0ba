/* The layers of a run: a lazy one for each column of the plan, and in in-memory mode its materialised form.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_LAYERS_H
#define WEFT_PIPELINE_RUN_LAYERS_H

#include "pipeline/plan/plan.h"
#include "stages/layers/layer.h"

#include <stdatomic.h>

/* Arrays of a value a column, in the plan's order. Zero-initialised is empty and may be disposed. */
typedef struct weft_run_layers {
    int count;
    weft_layer **lazy;
    weft_layer **materialised; /* NULL where there is none */
    weft_layer **merged;       /* what merge reads, borrowed from both */
    const char **names;        /* the plan's */
    atomic_uchar *seen;        /* what merge has met of columns: the marks of empty_columns.h */
} weft_run_layers;

/* Makes the lazy ones; reads no pixel. `plan` outlives them. Errors: WEFT_ERR_MEMORY; dispose takes what there is. */
weft_status weft_run_layers_make(weft_run_layers *layers, const weft_plan *plan, weft_error *err);

/* Sets layers->merged to the materialised layers, and to the lazy ones where there is none. Logs which stay lazy where
 * some, but not all, were materialised. */
void weft_run_layers_choose(weft_run_layers *layers);

/* Frees the materialised layers. No thread may read them meanwhile. */
void weft_run_layers_free_materialised(weft_run_layers *layers);

/* Call it before the workers are freed. */
void weft_run_layers_dispose(weft_run_layers *layers);

#endif
