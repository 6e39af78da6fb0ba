/* What a stage is given to work with. Nothing is global.
 *
 * weft_pressure_source and weft_observer are interfaces to the memory monitor and the store, so that stages depend on
 * neither.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CONTEXT_H
#define WEFT_STAGES_CONTEXT_H

#include "core/cancel.h"
#include "core/memory/ledger.h"
#include "core/memory/pressure.h"
#include "core/threads/activity.h"
#include "core/threads/work_pool.h"
#include "core/window.h"

/* Tells subscribers of memory pressure. */
typedef struct weft_pressure_source {
    weft_status (*subscribe)(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err);
    /* Returns only when no call of fn is under way. */
    void (*unsubscribe)(void *payload, weft_pressure_fn fn, void *fn_payload);
    void *payload;
} weft_pressure_source;

/* Receives what happens in a run. Functions must return at once; any may be NULL, and may be called on any thread where
 * nothing else is said. */
typedef struct weft_observer {
    void (*adapted)(void *payload, const weft_adaptation *adaptation);
    /* `done` of `total` grid rows are done: of all layers together (resample), of the grid (export). On the coordinating
     * thread. */
    void (*progressed)(void *payload, weft_stage_id stage, int64_t done, int64_t total);
    void *payload;
    /* All writers have taken a chunk. On the coordinating thread. */
    void (*exported)(void *payload, weft_window window, double fill_seconds, double write_seconds);
} weft_observer;

/* What memory pressure asks for besides smaller sizes. The monitor's callback sets it; workers look at it before each
 * window. */
typedef struct weft_relief {
    _Atomic bool read_ahead_stopped; /* from a warning until sizes may grow again */
    _Atomic uint32_t scratch_calls; /* a counter: a worker that has seen a lower value gives its scratch buffers back */
    _Atomic bool idle_due;          /* the next worker closes idle handles */
    _Atomic int targets_due;        /* smaller sizes that no worker or stage has taken yet */
    void (*close_idle)(void *payload); /* any thread */
    void *payload;
} weft_relief;

typedef struct weft_context {
    weft_ledger *ledger;
    weft_work_pool *pool;
    weft_cancel *cancel;
    weft_activity *activity;
    weft_pressure_source pressure;
    weft_observer observer;
    weft_relief *relief;   /* NULL: there is none */
    int64_t working_bytes; /* of the ledger, reserved for windows, chunks and text: materialised layers must leave it */
    int64_t patch_bytes; /* the most source pixels, in bytes, that a worker holds at once, unless one cell needs more */
} weft_context;

/* Closes idle handles if that is due. Any thread. */
static inline void weft_context_tidy(const weft_context *context) {
    weft_relief *relief = context->relief;
    if (relief != NULL && atomic_load(&relief->idle_due) && atomic_exchange(&relief->idle_due, false))
        relief->close_idle(relief->payload);
}

static inline bool weft_context_may_read_ahead(const weft_context *context) {
    return context->relief == NULL || !atomic_load(&context->relief->read_ahead_stopped);
}

#endif
