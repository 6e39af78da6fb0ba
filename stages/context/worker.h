/* One worker thread's scratch memory, reused from window to window.
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
    weft_buffer patch;   /* the kernel's scratch, then source pixels and their mask; context->patch_bytes is for all */
    weft_buffer group;   /* values of one group of a mosaic, before they are joined */
    weft_buffer region;  /* which cells of a band lie in polygons */
    weft_buffer columns; /* operands and results of expressions */
    /* Layers are read at these points (layers/places.h) while it is set; NULL: in windows of the grid. Borrowed. */
    const struct weft_places *places;
    uint32_t scratch_calls; /* the last value of weft_relief.scratch_calls that it has followed */
} weft_worker;

weft_status weft_worker_init(weft_worker *worker, weft_context *context, int index, weft_error *err);
void weft_worker_dispose(weft_worker *worker);

/* Gives back what the context's relief asks for. To be called between two windows. */
void weft_worker_relieve(weft_worker *worker);

/* An array of all the pool's workers; freed with weft_workers_free(workers, threads). */
weft_status weft_workers_new(weft_worker **out, weft_context *context, weft_error *err);
void weft_workers_free(weft_worker *workers, int count);

#endif
