/* SPDX-License-Identifier: MIT
 *
 * Counters are read once, when nothing counts any more. */
#include "pipeline/run/run_measures.h"

#include "core/text.h"

#include <stdlib.h>

static void record_pool(weft_metrics_store *store, const char *what, const char *of, const weft_pool_stats *stats) {
    char *name = weft_text_format("%s %s", what, of);
    if (name == NULL) return;
    weft_pool_record record = {name,          stats->created, stats->acquired, stats->released,
                               stats->reused, stats->in_use,  stats->available};
    weft_metrics_store_pool(store, &record);
    free(name);
}

/* Of the blocks that were asked for, those that had to be decoded are its "created". */
static void record_blocks(weft_metrics_store *store, const weft_block_cache *cache) {
    weft_block_cache_stats stats;
    if (cache == NULL) return;
    weft_block_cache_read_stats(cache, &stats);
    weft_pool_record record = {"blocks", stats.misses, stats.hits + stats.misses, stats.hits + stats.misses, stats.hits,
                               0,        stats.blocks};
    weft_metrics_store_pool(store, &record);
}

static void record_dataset(weft_metrics_store *store, const weft_plan_dataset *dataset) {
    weft_pool_stats handles = {0}, one;
    for (int i = 0; i < dataset->input_count; i++) {
        weft_source_pool_stats(dataset->inputs[i].source, &one);
        weft_pool_stats_add(&handles, &one);
    }
    if (dataset->input_count == 0) return;
    record_pool(store, "handles", dataset->config->name, &handles);
}

/* All datasets of a CRS share them. */
static void record_transforms(weft_metrics_store *store, const weft_crs_pair *pair) {
    weft_pool_stats transforms;
    if (weft_crs_pair_is_same(pair)) return;
    weft_crs_pair_pool_stats(pair, &transforms);
    record_pool(store, "transforms", weft_crs_name(weft_crs_pair_crs(pair)), &transforms);
}

static void record_operations(weft_metrics_store *store, const weft_activity *activity) {
    for (int stage = WEFT_STAGE_NONE + 1; stage < WEFT_STAGE_COUNT; stage++) {
        for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++) {
            const weft_operation_time *times = &activity->times[stage][operation];
            weft_operation_record record = {(weft_stage_id)stage, (weft_operation_id)operation,
                                            atomic_load(&times->calls), (double)atomic_load(&times->busy_ns) / 1e9,
                                            (double)atomic_load(&times->longest_ns) / 1e9};
            if (record.calls > 0) weft_metrics_store_operation(store, &record);
        }
    }
}

void weft_run_measures_record(weft_metrics_store *store, const weft_plan *plan, const weft_block_cache *cache,
                              const weft_activity *activity) {
    record_blocks(store, cache);
    for (int i = 0; plan != NULL && i < plan->dataset_count; i++)
        record_dataset(store, &plan->datasets[i]);
    for (int i = 0; plan != NULL && i < plan->pair_count; i++)
        record_transforms(store, plan->pairs[i]);
    record_operations(store, activity);
}
