/* Connects the memory monitor to a run. Its samples go to the metrics store and set the ledger's capacity; its levels go
 * to the stages, the block cache and the pools.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_WATCH_H
#define WEFT_PIPELINE_MEMORY_WATCH_H

#include "monitors/memory_monitor.h"
#include "pipeline/run/run_options.h"
#include "stages/context/adaptive_size.h"
#include "store/metrics_store.h"

/* Zero-initialised is empty. Must not move between start and stop. */
typedef struct weft_memory_watch {
    weft_memory_monitor *monitor;
    weft_memory_probe *probes[WEFT_MAX_PROBES]; /* its own, when none were given */
    const weft_config *config;
    const weft_plan *plan;
    weft_block_cache *cache;
    weft_ledger *ledger;
    weft_metrics_store *store;
    weft_adaptive_size cache_size;
    weft_relief relief;
    int64_t unmanaged_bytes; /* the current estimate; only the monitor's thread touches it */
    int64_t learned_ms;      /* when it was last lowered, on a monotonic clock */
} weft_memory_watch;

/* Makes the monitor and fills context->pressure and context->relief; starts the thread. `plan`, `ledger`, `cache`,
 * `store` and `context` outlive the watch. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL. */
weft_status weft_memory_watch_start(weft_memory_watch *watch, const weft_plan *plan, const weft_run_options *options,
                                    weft_block_cache *cache, weft_metrics_store *store, weft_context *context,
                                    weft_error *err);
/* The next estimate of unmanaged memory, from the last one (`known`) and a measurement (`seen`): it rises at once, falls by
 * an eighth of the difference, and is never under `planned`. */
int64_t weft_unmanaged_learn(int64_t known, int64_t seen, int64_t planned);

/* Takes a last sample and stops the thread. All subscribers must have unsubscribed. */
void weft_memory_watch_stop(weft_memory_watch *watch);

#endif
