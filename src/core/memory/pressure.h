/* The words in which memory pressure is spoken of between the monitor, the stages and the store.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PRESSURE_H
#define WEFT_CORE_PRESSURE_H

#include "core/threads/activity.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum weft_pressure_level {
    WEFT_PRESSURE_NORMAL,
    WEFT_PRESSURE_WARNING,
    WEFT_PRESSURE_CRITICAL,
    WEFT_PRESSURE_RECOVERED, /* an event, not a state: one step of growth is allowed */
} weft_pressure_level;

const char *weft_pressure_level_name(weft_pressure_level level);

/* Runs on the monitor's thread: stores a target and returns. It does not allocate, wait, or take a lock that is held
 * across I/O. `usage_percent` is the worst probe's. */
typedef void (*weft_pressure_fn)(weft_pressure_level level, double usage_percent, void *payload);

/* One change of a size, with its reason. */
typedef struct weft_adaptation {
    weft_stage_id stage;
    char parameter[24]; /* "window_size", "chunk_size", "block_cache_bytes" */
    int64_t old_value, new_value;
    weft_pressure_level level;
    double usage_percent;
    char reason[96];
} weft_adaptation;

#endif
