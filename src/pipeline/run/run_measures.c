/* SPDX-License-Identifier: MIT
 *
 * What is recorded is read once, when nothing counts any more; whoever looks at a run under way sees what is counted by
 * then. */
#include "pipeline/run/run_measures.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static void tell_pool(weft_pool_fn fn, void *payload, const char *what, const char *of, const weft_pool_stats *stats) {
    char *name = weft_text_format("%s %s", what, of);
    if (name == NULL) return;
    weft_pool_record record = {name,          stats->created, stats->acquired, stats->released,
                               stats->reused, stats->in_use,  stats->available};
    fn(payload, &record);
    free(name);
}

/* Of the blocks that were asked for, those that had to be decoded are its "created". */
static void tell_blocks(weft_pool_fn fn, void *payload, const weft_block_cache *cache) {
    weft_block_cache_stats stats;
    if (cache == NULL) return;
    weft_block_cache_read_stats(cache, &stats);
    weft_pool_record record = {"blocks", stats.misses, stats.hits + stats.misses, stats.hits + stats.misses, stats.hits,
                               0,        stats.blocks};
    fn(payload, &record);
}

static void tell_dataset(weft_pool_fn fn, void *payload, const weft_plan_dataset *dataset) {
    weft_pool_stats handles = {0}, one;
    for (int i = 0; i < dataset->input_count; i++) {
        weft_source_pool_stats(dataset->inputs[i].source, &one);
        weft_pool_stats_add(&handles, &one);
    }
    if (dataset->input_count == 0) return;
    tell_pool(fn, payload, "handles", dataset->config->name, &handles);
}

/* All datasets of a CRS share them. */
static void tell_transforms(weft_pool_fn fn, void *payload, const weft_crs_pair *pair) {
    weft_pool_stats transforms;
    if (weft_crs_pair_is_same(pair)) return;
    weft_crs_pair_pool_stats(pair, &transforms);
    tell_pool(fn, payload, "transforms", weft_crs_name(weft_crs_pair_crs(pair)), &transforms);
}

void weft_run_measures_pools(const weft_plan *plan, const weft_block_cache *cache, weft_pool_fn fn, void *payload) {
    tell_blocks(fn, payload, cache);
    for (int i = 0; plan != NULL && i < plan->dataset_count; i++)
        tell_dataset(fn, payload, &plan->datasets[i]);
    for (int i = 0; plan != NULL && i < plan->pair_count; i++)
        tell_transforms(fn, payload, plan->pairs[i]);
}

void weft_run_measures_operations(const weft_activity *activity, const weft_performance_monitor *performance,
                                  weft_operation_fn fn, void *payload) {
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
            if (record.calls > 0) fn(payload, &record);
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
        {"share_pictures", verdict->shares[WEFT_BOUND_PICTURES]},
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

static void keep_pool(void *store, const weft_pool_record *record) {
    weft_metrics_store_pool(store, record);
}

static void keep_operation(void *store, const weft_operation_record *record) {
    weft_metrics_store_operation(store, record);
}

void weft_run_measures_record(weft_metrics_store *store, const weft_plan *plan, const weft_block_cache *cache,
                              const weft_activity *activity, weft_performance_monitor *performance) {
    weft_slow_call longest[WEFT_LONGEST_CALLS];
    weft_run_measures_pools(plan, cache, keep_pool, store);
    weft_run_measures_operations(activity, performance, keep_operation, store);
    int count = weft_performance_monitor_longest(performance, longest);
    for (int i = 0; i < count; i++)
        if (!longest[i].is_told) weft_run_measures_slow(store, &longest[i]);
}
