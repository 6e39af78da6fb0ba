/* A size that shrinks under memory pressure and grows back: the one rule behind windows, chunks and the block cache.
 *
 * The monitor's callback stores the next target, and whether it may grow; whoever uses the size takes it for each
 * window or chunk, and with it a step of growth.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ADAPTIVE_SIZE_H
#define WEFT_STAGES_ADAPTIVE_SIZE_H

#include "stages/context/context.h"

#include <pthread.h>

/* Warning: half the size, but not under warning_floor. Critical: critical_size. Recovered: an eighth of the desired
 * size more with each one taken, up to the desired size. A floor that is larger than the size leaves it as it is. */
typedef struct weft_adaptive_size {
    weft_stage_id stage;
    const char *parameter; /* "window_size"; a constant */
    int64_t desired, warning_floor, critical_size;
    pthread_mutex_t changes; /* held while the state changes and the change is reported */
    _Atomic int64_t state;   /* twice the size, and 1 while it may grow */
    _Atomic bool in_use;     /* it was taken, and will be again */
    _Atomic bool due;        /* a smaller size that its user has not taken yet; counted in the context's relief */
    double usage_percent;    /* when growth was last allowed; under the lock */
    weft_context *context;
} weft_adaptive_size;

/* Subscribes to the context's pressure. `size` must not move until it is disposed. */
weft_status weft_adaptive_size_init(weft_adaptive_size *size, weft_context *context, weft_error *err);
void weft_adaptive_size_dispose(weft_adaptive_size *size);

/* The size to use now. Any thread. */
int64_t weft_adaptive_size_get(const weft_adaptive_size *size);

/* The size for the next window or chunk; one step larger while it may grow. Any thread. */
int64_t weft_adaptive_size_take(weft_adaptive_size *size);

/* Says that nobody will take the size for some time, as after the last window: the monitor then does not wait until a
 * smaller size is in use. Taking it again ends this. Any thread. */
void weft_adaptive_size_leave(weft_adaptive_size *size);

/* The size that follows `current` at a level; at WEFT_PRESSURE_RECOVERED after one step of growth. The rule above
 * alone, without changing anything. */
int64_t weft_adaptive_size_next(const weft_adaptive_size *size, int64_t current, weft_pressure_level level);

#endif
