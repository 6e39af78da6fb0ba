/* One worker thread's scratch: what it needs for a window, kept from window to window.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_WORKER_H
#define WEFT_STAGES_WORKER_H

#include "core/memory/buffer.h"
#include "processors/lattice/lattice.h"
#include "stages/context/context.h"

/* Zero-initialised, then weft_worker_init(). Used by one thread at a time. */
typedef struct weft_worker {
    int index; /* in the pool, and in the activity */
    weft_context *context;
    weft_lattice *lattice;
    weft_buffer positions; /* of a band of cells */
    weft_buffer patch;     /* what the kernel works in, then source pixels and their mask: the share is of all */
    weft_buffer group;     /* a resampled piece of one group of a mosaic, on its way into the layer */
    weft_buffer region;    /* which cells of a band lie in polygons */
    weft_buffer columns;   /* operands and results of expressions */
    const struct weft_places *places; /* borrowed, for a while: layers are read at these (layers/places.h); NULL: in
                                         windows of the grid */
    uint32_t scratch_calls;           /* of the context's relief, that were followed */
} weft_worker;

weft_status weft_worker_init(weft_worker *worker, weft_context *context, int index, weft_error *err);
void weft_worker_dispose(weft_worker *worker);

/* Between two windows: gives back what the context's relief asks for. */
void weft_worker_relieve(weft_worker *worker);

/* An array of all the pool's workers; freed with weft_workers_free(workers, threads). */
weft_status weft_workers_new(weft_worker **out, weft_context *context, weft_error *err);
void weft_workers_free(weft_worker *workers, int count);

#endif
