/* A thread that watches memory and says when it grows short, and when there is room again.
 *
 * The worst probe's percentage is the usage. It is looked at every 50 ms, or every sample interval if that is shorter;
 * samples are kept at 10 ms, then ever less often up to the sample interval. Levels have hysteresis. While a level
 * lasts, one reaction per cooldown; a higher level is reacted to at once. Callbacks run on the monitor's thread and
 * only store targets.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_MONITOR_H
#define WEFT_MONITORS_MEMORY_MONITOR_H

#include "core/cancel.h"
#include "core/memory/ledger.h"
#include "core/memory/pressure.h"
#include "core/threads/activity.h"
#include "monitors/memory_probe.h"
#include "monitors/process_memory.h"

typedef struct weft_memory_monitor weft_memory_monitor;

/* Where samples and alerts go (the store), and what each look found outside the ledger, files that are mapped as data
 * left out, at a time of a monotonic clock. Called on the monitor's thread; must not wait. Any may be NULL. */
typedef struct weft_memory_sink {
    void (*sample)(void *payload, const weft_memory_sample *sample);
    void (*alert)(void *payload, const weft_memory_alert *alert);
    void (*look)(void *payload, int64_t at_ms, int64_t unmanaged_bytes);
    void *payload;
} weft_memory_sink;

typedef struct weft_memory_monitor_options {
    int64_t limit_bytes;
    double warning_percent, critical_percent; /* they leave 5 points under */
    int64_t sample_interval_ms;               /* at most this between samples */
    int64_t cooldown_ms;                      /* between two reactions; 0: the default, 1000 */
    int64_t recovery_ms;                      /* under recovered_percent for this long before growth; 0: 2000 */
    int64_t critical_patience_ms;             /* critical for this long since all was settled: cancel; 0: never */
    weft_memory_probe *const *probes;         /* borrowed; outlive the monitor */
    int probe_count;
    const weft_ledger *ledger; /* may be NULL */
    weft_activity *activity;   /* may be NULL */
    weft_cancel *cancel;       /* may be NULL */
    weft_memory_sink sink;
    /* Gives memory back, after all callbacks of a reaction have stored their targets. On the monitor's thread; may take
     * milliseconds. NULL: nothing more is done. */
    void (*relieve)(void *payload, weft_pressure_level level);
    void *relieve_payload;
    /* Whether all that reactions asked for has been done. Patience begins then, and at the latest after five times
     * itself. NULL: at once. */
    bool (*settled)(void *payload);
    void *settled_payload;
} weft_memory_monitor_options;

/* Peak and average resident memory while a stage was active. */
typedef struct weft_stage_memory {
    int64_t samples;
    double average_bytes;
    int64_t peak_bytes, min_bytes;
} weft_stage_memory;

weft_status weft_memory_monitor_new(weft_memory_monitor **out, const weft_memory_monitor_options *options,
                                    weft_error *err);
/* Stops if running. NULL is fine. */
void weft_memory_monitor_free(weft_memory_monitor *monitor);

/* Callbacks are kept in order of registration and called in it. They hear of a warning and a critical level at once and
 * once a cooldown while it lasts; WEFT_PRESSURE_RECOVERED: growth may begin or go on, once a cooldown; and
 * WEFT_PRESSURE_NORMAL: growth pauses, since it is quiet no more. Before start or after; any thread. */
weft_status weft_memory_monitor_register(weft_memory_monitor *monitor, weft_pressure_fn fn, void *payload,
                                         weft_error *err);
void weft_memory_monitor_unregister(weft_memory_monitor *monitor, weft_pressure_fn fn, void *payload);

weft_status weft_memory_monitor_start(weft_memory_monitor *monitor, weft_error *err);
/* Takes a last sample and joins the thread. */
void weft_memory_monitor_stop(weft_memory_monitor *monitor);

/* Samples now, on the calling thread's behalf, and waits until it is done (at stage boundaries). */
void weft_memory_monitor_sample_now(weft_memory_monitor *monitor);

void weft_memory_monitor_stage_memory(const weft_memory_monitor *monitor, weft_stage_id stage, weft_stage_memory *out);

/* One look at the probes, as the thread takes it at `now_ms` of a clock that only goes forward: fires callbacks when a
 * level is entered, lasts past a cooldown, or has been left for long enough; keeps a sample when one is due. For tests
 * and for programs with a loop of their own; not while the thread runs. */
void weft_memory_monitor_step(weft_memory_monitor *monitor, int64_t now_ms);

#endif
