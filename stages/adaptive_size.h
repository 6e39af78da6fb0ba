/* A size that shrinks under memory pressure and grows back: the one rule behind windows and chunks.
 *
 * The monitor's callback computes the next target and stores it; whoever uses the size reads it between windows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ADAPTIVE_SIZE_H
#define WEFT_STAGES_ADAPTIVE_SIZE_H

#include "stages/context.h"

/* warning: max(warning_floor, half); critical: critical_size; recovered: double, up to wish. Floors above the wish
 * count as the wish: a floor never makes a size bigger. */
typedef struct weft_adaptive_size {
    weft_stage_id stage;
    const char *parameter; /* "window_size"; a constant */
    int64_t wish, warning_floor, critical_size;
    _Atomic int64_t target;
    weft_context *context;
} weft_adaptive_size;

/* Subscribes to the context's pressure. `size` must not move until it is disposed. */
weft_status weft_adaptive_size_init(weft_adaptive_size *size, weft_context *context, weft_error *err);
void weft_adaptive_size_dispose(weft_adaptive_size *size);

/* What to use from now on. Any thread. */
int64_t weft_adaptive_size_get(const weft_adaptive_size *size);

/* The size after `level`, from `current`: the control law alone. */
int64_t weft_adaptive_size_next(const weft_adaptive_size *size, int64_t current, weft_pressure_level level);

#endif
