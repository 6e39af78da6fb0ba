/* What a run's pools, its block cache and its operations counted, kept in the metrics at its end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_MEASURES_H
#define WEFT_PIPELINE_RUN_MEASURES_H

#include "core/threads/activity.h"
#include "monitors/performance_monitor.h"
#include "pipeline/plan/plan.h"
#include "pipeline/run/run_options.h"
#include "pipeline/run/run_verdict.h"
#include "raster/blocks/block_cache.h"
#include "store/metrics_store.h"

typedef void (*weft_pool_fn)(void *payload, const weft_pool_record *record);
typedef void (*weft_operation_fn)(void *payload, const weft_operation_record *record);

/* Calls fn for each pool, and the block cache as one. `plan` and `cache` may be NULL. Any thread. */
void weft_run_measures_pools(const weft_plan *plan, const weft_block_cache *cache, weft_pool_fn fn, void *payload);
/* Calls fn for each operation that was called. Any thread. */
void weft_run_measures_operations(const weft_activity *activity, const weft_performance_monitor *performance,
                                  weft_operation_fn fn, void *payload);

/* Stores them. Workers of a run that failed may still be ending calls. `plan` and `cache` may be NULL: the run did not
 * come that far. */
void weft_run_measures_record(weft_metrics_store *store, const weft_plan *plan, const weft_block_cache *cache,
                              const weft_activity *activity, weft_performance_monitor *performance);

/* Stores what a run that came to work did, in figures. */
void weft_run_measures_figures(weft_metrics_store *store, const weft_run_result *result, const weft_verdict *verdict,
                               const weft_block_cache_stats *cache);

/* weft_performance_monitor.slow, with a weft_metrics_store. */
void weft_run_measures_slow(void *store, const weft_slow_call *call);

#endif
