/* A worker's way through a part of the grid: windows of the size that memory allows when each begins.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_WINDOW_WALK_H
#define WEFT_STAGES_WINDOW_WALK_H

#include "core/window.h"
#include "stages/context/adaptive_size.h"
#include "stages/context/worker.h"

/* Does one band of a window: at most a lattice row of it. */
typedef weft_status (*weft_band_fn)(void *payload, weft_worker *worker, weft_window band, weft_error *err);

typedef struct weft_window_walk {
    weft_adaptive_size *size; /* cells a side */
    _Atomic int64_t *windows; /* how many were begun; added to */
    weft_band_fn band;
    void *payload;
} weft_window_walk;

/* Covers `part` with windows, from the top left, each band of each once. Before each window the worker gives back what
 * pressure asks for; a size that changes counts from the next window on. Errors: those of `band`, at the first of which
 * it ends. The worker's thread. */
weft_status weft_window_walk_run(const weft_window_walk *walk, weft_worker *worker, weft_window part, weft_error *err);

#endif
