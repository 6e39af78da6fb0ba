/* What is recorded of a run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_RECORDS_H
#define WEFT_STORE_METRICS_RECORDS_H

#include "core/memory/pressure.h"
#include "core/status.h"

typedef struct weft_experiment_record {
    const char *experiment_id;
    int64_t started_ms;
    const char *config_file, *config_text; /* text: canonical */
    const char *weft_version, *mode;       /* mode: "streaming" or "in-memory" */
    int64_t limit_bytes, threads, grid_cols, grid_rows, layers;
    double warning_percent, critical_percent;
    const char *command;   /* what does it once more; may be NULL */
    const char *plan_json; /* what was to be done; may be NULL */
} weft_experiment_record;

typedef struct weft_stage_record {
    weft_stage_id stage;
    int64_t started_ms;
    double seconds; /* wall time of the stage; in streaming mode, of its operations summed over workers */
    int64_t items;  /* windows, chunks, rows */
    double average_bytes;
    int64_t peak_bytes;
    weft_status status;
} weft_stage_record;

typedef struct weft_pool_record {
    const char *pool; /* "handles elevation" */
    int64_t created, acquired, released, reused, in_use, available;
} weft_pool_record;

/* Own time of an operation, summed over threads. */
typedef struct weft_operation_record {
    weft_stage_id stage;
    weft_operation_id operation;
    int64_t calls;
    double seconds, longest_seconds, p50_seconds, p95_seconds;
    int64_t slow_calls;
} weft_operation_record;

/* One call that took long. */
typedef struct weft_slow_record {
    int64_t wall_ms; /* when it ended */
    weft_stage_id stage;
    weft_operation_id operation;
    double seconds;
    char subject[96];
    bool is_slow; /* by performance.slow; false: only one of the longest */
} weft_slow_record;

typedef struct weft_chunk_record {
    int64_t wall_ms; /* when it had gone through all writers */
    int64_t first_row, first_col, rows, cols;
    double fill_seconds, write_seconds;
} weft_chunk_record;

/* What a run came to, in words. */
typedef struct weft_verdict_record {
    const char *bound_by, *verdict;
    int64_t enough_bytes; /* the smallest limit that would have cost nothing; 0: not known */
} weft_verdict_record;

/* What a run got over, or did otherwise than it was asked to. */
typedef enum weft_event_kind {
    WEFT_EVENT_RETRY,    /* what failed and was tried again */
    WEFT_EVENT_SKIP,     /* a dataset that is left out */
    WEFT_EVENT_FALLBACK, /* a size or a place that is not the one asked for */
} weft_event_kind;

typedef struct weft_event_record {
    weft_event_kind kind;
    const char *subject, *detail;
    int64_t count;
} weft_event_record;

#endif
