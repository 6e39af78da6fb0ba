/* Which calls took long: those that are slow by what the configuration calls slow, once each as long as they are not
 * too many, how many there were, and at the end the longest ones of the run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_PERFORMANCE_MONITOR_H
#define WEFT_MONITORS_PERFORMANCE_MONITOR_H

#include "core/threads/activity.h"

#include <pthread.h>
#include <stdbool.h>

#define WEFT_LONGEST_CALLS 20
#define WEFT_SLOW_TOLD     1000 /* slow calls of an operation that are told of one by one; all are counted */

typedef struct weft_slow_call {
    int64_t wall_ms; /* when it ended */
    weft_stage_id stage;
    weft_operation_id operation;
    double seconds;
    char subject[96]; /* "elevation, rows 0..31, cols 0..2047"; "" where nothing is known */
    bool is_slow;     /* over its bound; false: among the longest only */
    bool is_told;     /* it was told of when it ended */
} weft_slow_call;

/* Zero-initialised, then weft_performance_monitor_start(). Must not move while it watches. */
typedef struct weft_performance_monitor {
    int64_t slow_ns[WEFT_OPERATION_COUNT];                   /* bounds; 0: never slow. Set before it starts */
    void (*slow)(void *payload, const weft_slow_call *call); /* of slow ones, on their threads; must not wait */
    void *payload;
    /* Its own. */
    weft_call_sink sink;
    pthread_mutex_t lock;
    weft_slow_call longest[WEFT_LONGEST_CALLS]; /* in order, the longest first */
    int count;
    _Atomic int64_t slow_calls[WEFT_STAGE_COUNT][WEFT_OPERATION_COUNT];
} weft_performance_monitor;

/* From now on calls of `activity` are looked at; no thread runs yet. The monitor outlives them. */
void weft_performance_monitor_start(weft_performance_monitor *monitor, weft_activity *activity);

/* Copies the longest calls so far, in order; returns how many. Any thread, at any time: workers of a run that failed may
 * still end calls. */
int weft_performance_monitor_longest(weft_performance_monitor *monitor, weft_slow_call out[WEFT_LONGEST_CALLS]);

#endif
