/* Ties the memory monitor to a run: what it sees goes to the store and to the ledger's capacity, what it says goes to
 * the stages, the block cache and the pools.
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
    int64_t unmanaged_bytes; /* as learned; the monitor's thread only */
    int64_t learned_ms;      /* when, of a monotonic clock */
} weft_memory_watch;

/* Makes the monitor and fills context->pressure and context->relief; starts the thread. `plan`, `ledger`, `cache`,
 * `store` and `context` outlive the watch. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL. */
weft_status weft_memory_watch_start(weft_memory_watch *watch, const weft_plan *plan, const weft_run_options *options,
                                    weft_block_cache *cache, weft_metrics_store *store, weft_context *context,
                                    weft_error *err);
/* The unmanaged memory to reckon with, from that known so far and that just `seen`: up at once, down by an eighth of
 * the difference, never under what was planned. */
int64_t weft_unmanaged_learn(int64_t known, int64_t seen, int64_t planned);

/* Whoever subscribed has unsubscribed. Stops the thread, with a last sample. */
void weft_memory_watch_stop(weft_memory_watch *watch);

#endif
