/* SPDX-License-Identifier: MIT
 *
 * Counters are read once, when nothing counts any more. */
#include "pipeline/run/run_measures.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

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

static void record_operations(weft_metrics_store *store, const weft_activity *activity,
                              const weft_performance_monitor *performance) {
    for (int stage = WEFT_STAGE_NONE + 1; stage < WEFT_STAGE_COUNT; stage++) {
        for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++) {
            const weft_operation_time *times = &activity->times[stage][operation];
            weft_operation_record record = {
                .stage = (weft_stage_id)stage,
                .operation = (weft_operation_id)operation,
                .calls = atomic_load(&times->calls),
                .seconds = (double)atomic_load(&times->busy_ns) / 1e9,
                .longest_seconds = (double)atomic_load(&times->longest_ns) / 1e9,
                .p50_seconds = weft_operation_time_quantile(times, 0.5),
                .p95_seconds = weft_operation_time_quantile(times, 0.95),
                .slow_calls = atomic_load(&performance->slow_calls[stage][operation]),
            };
            if (record.calls > 0) weft_metrics_store_operation(store, &record);
        }
    }
}

void weft_run_measures_figures(weft_metrics_store *store, const weft_run_result *result, const weft_verdict *verdict,
                               const weft_block_cache_stats *cache) {
    const struct {
        const char *metric;
        double value;
    } figures[] = {
        {"seconds", result->seconds},
        {"cells", (double)result->cells},
        {"rows", (double)result->lines},
        {"rows_kept", (double)result->kept_lines},
        {"output_bytes", (double)result->bytes},
        {"windows", (double)result->windows},
        {"chunks", (double)result->chunks},
        {"peak_bytes", (double)result->peak_bytes},
        {"decoded_bytes", (double)cache->loaded_bytes},
        {"blocks_decoded", (double)cache->misses},
        {"blocks_found", (double)cache->hits},
        {"blocks_evicted", (double)cache->evictions},
        {"share_memory", verdict->shares[WEFT_BOUND_MEMORY]},
        {"share_disk", verdict->shares[WEFT_BOUND_DISK]},
        {"share_decoding", verdict->shares[WEFT_BOUND_DECODING]},
        {"share_resampling", verdict->shares[WEFT_BOUND_RESAMPLING]},
        {"share_text", verdict->shares[WEFT_BOUND_TEXT]},
        {"share_starting", verdict->shares[WEFT_BOUND_STARTING]},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        weft_metrics_store_metric(store, figures[i].metric, figures[i].value);
}

void weft_run_measures_slow(void *store, const weft_slow_call *call) {
    weft_slow_record record = {.wall_ms = call->wall_ms,
                               .stage = call->stage,
                               .operation = call->operation,
                               .seconds = call->seconds,
                               .is_slow = call->is_slow};
    memcpy(record.subject, call->subject, sizeof record.subject);
    weft_metrics_store_slow(store, &record);
}

void weft_run_measures_record(weft_metrics_store *store, const weft_plan *plan, const weft_block_cache *cache,
                              const weft_activity *activity, const weft_performance_monitor *performance) {
    record_blocks(store, cache);
    for (int i = 0; plan != NULL && i < plan->dataset_count; i++)
        record_dataset(store, &plan->datasets[i]);
    for (int i = 0; plan != NULL && i < plan->pair_count; i++)
        record_transforms(store, plan->pairs[i]);
    record_operations(store, activity, performance);
    for (int i = 0; i < performance->count; i++)
        if (!performance->longest[i].is_slow) weft_run_measures_slow(store, &performance->longest[i]);
}
