/* The types that the memory monitor, the stages and the store share: levels, callbacks, samples, alerts, adaptations.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PRESSURE_H
#define WEFT_CORE_PRESSURE_H

#include "core/memory/ledger.h"
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

/* One sample of memory, charged to one (stage, operation). One look of the monitor may give several. */
typedef struct weft_memory_sample {
    int64_t wall_ms;
    weft_stage_id stage;
    weft_operation_id operation;
    int64_t resident_bytes, anonymous_bytes;
    int64_t ledger_bytes;               /* held by weft; read just before the two that follow */
    int64_t held_bytes[WEFT_TAG_COUNT]; /* booked, by tag */
    int64_t kept_bytes;                 /* resident pages that no buffer uses (arena.h) */
    double usage_percent;               /* the worst probe's */
    double system_percent;              /* of the machine's memory in use; NaN: unknown */
    const char *probe;                  /* name of the worst probe; a constant */
} weft_memory_sample;

typedef struct weft_memory_alert {
    int64_t wall_ms;
    weft_pressure_level level; /* the level entered; WEFT_PRESSURE_RECOVERED when it is over */
    double usage_percent;
    const char *probe; /* a constant */
    weft_stage_id stage;
    int64_t resident_bytes, limit_bytes;
} weft_memory_alert;

#endif
