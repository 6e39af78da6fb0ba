/* A ring of buffers between workers and an output: they are filled in any order and written in the order of asking.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_OUTPUT_RING_H
#define WEFT_STAGES_OUTPUT_RING_H

#include "core/files/output_file.h"
#include "core/memory/buffer.h"
#include "stages/context/context.h"

/* Fills `length` bytes of `memory`. */
typedef struct weft_ring_slot {
    weft_buffer memory;
    size_t length;
    weft_task_group group;
} weft_ring_slot;

/* Called when a slot's bytes are in the output. */
typedef weft_status (*weft_ring_written_fn)(void *payload, int slot, weft_error *err);

/* Zero-initialised is empty. One thread, not a worker. */
typedef struct weft_output_ring {
    weft_context *context;
    weft_output_file *output;
    weft_ring_written_fn written;
    void *payload; /* of written */
    weft_ring_slot *slots;
    int max; /* slots; 0: two a worker */
    int wanted, ready;
    int64_t slot_bytes;
    int64_t submitted, done; /* slots, since the beginning */
} weft_output_ring;

/* Makes two slots a worker, so that none waits for the writer; fewer, or smaller, where the ledger grants no more.
 *
 * ring         with context, output, written, payload and most filled in
 * slot_bytes   of a slot, if the ledger grants it; min_bytes: at least
 * errors       WEFT_ERR_MEMORY when not even one slot of the least size is granted */
weft_status weft_output_ring_init(weft_output_ring *ring, int64_t slot_bytes, int64_t min_bytes, weft_error *err);
/* Waits for what is under way; writes nothing. */
void weft_output_ring_dispose(weft_output_ring *ring);

/* The number of the slot that comes next, 0 .. ready - 1, once it is free: the oldest is written first where all are in
 * use. Errors: the task's that filled it, WEFT_ERR_IO. */
weft_status weft_output_ring_next(weft_output_ring *ring, int *slot, weft_error *err);
/* Has `fn` fill that slot. */
void weft_output_ring_submit(weft_output_ring *ring, weft_task_fn fn, void *payload);
/* Writes all that was submitted. After a failure it only waits, and nothing is in use any more. */
weft_status weft_output_ring_drain(weft_output_ring *ring, weft_status so_far, weft_error *err);

#endif
