/* What a run's pools, its block cache and its operations counted, kept in the metrics at its end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_MEASURES_H
#define WEFT_PIPELINE_RUN_MEASURES_H

#include "core/threads/activity.h"
#include "pipeline/plan/plan.h"
#include "raster/blocks/block_cache.h"
#include "store/metrics_store.h"

/* Stores them. Workers are idle. `plan` and `cache` may be NULL: the run did not come that far. */
void weft_run_measures_record(weft_metrics_store *store, const weft_plan *plan, const weft_block_cache *cache,
                              const weft_activity *activity);

#endif
