/* Callbacks run on the monitor's thread and store targets. When all are stored, it gives back what is the process's
 * own: blocks, free heap, at a critical level idle handles. The rest is given back at a worker's next window.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/run/memory_watch.h"

#include "core/memory/allocator.h"
#include "monitors/memory_room.h"
#include "pipeline/memory/memory_plan.h"
#include "raster/crs/transform_pool.h"

#include <limits.h>

#define CRITICAL_PATIENCE 10000 /* ms */
#define UNLEARNING        8     /* an eighth of what is no longer there is dropped, twice a second */
#define UNLEARNING_MS     500

int64_t weft_unmanaged_learn(int64_t known, int64_t seen, int64_t planned) {
    if (seen < planned) seen = planned;
    if (seen >= known) return seen;
    return known - (known - seen + UNLEARNING - 1) / UNLEARNING;
}

static void keep_sample(void *payload, const weft_memory_sample *sample) {
    weft_metrics_store_sample(((weft_memory_watch *)payload)->store, sample);
}

/* More held outside the ledger lowers its capacity at once, and the cache makes room for it; less raises it slowly,
 * since a reservation that is not yet touched hides unmanaged memory. What was planned is the least. */
static void learn(void *payload, int64_t at_ms, int64_t unmanaged_bytes) {
    weft_memory_watch *watch = payload;
    const weft_memory_plan *plan = &watch->plan->memory;
    int64_t known = watch->unmanaged_bytes;
    int64_t unmanaged = weft_unmanaged_learn(known, unmanaged_bytes, plan->unmanaged_bytes);
    if (unmanaged == known || (unmanaged < known && at_ms - watch->learned_ms < UNLEARNING_MS)) return;
    watch->unmanaged_bytes = unmanaged;
    watch->learned_ms = at_ms;
    int64_t capacity = weft_memory_plan_capacity(watch->config, plan->limit_bytes, unmanaged);
    weft_ledger_set_capacity(watch->ledger, capacity,
                             weft_memory_plan_bound(watch->config, plan->limit_bytes, unmanaged));
    int64_t over = weft_ledger_used_bytes(watch->ledger) - capacity;
    if (over > 0) (void)weft_block_cache_give_back(watch->cache, over);
}

static void keep_alert(void *payload, const weft_memory_alert *alert) {
    weft_metrics_store_alert(((weft_memory_watch *)payload)->store, alert);
}

static weft_status subscribe(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    return weft_memory_monitor_register(payload, fn, fn_payload, err);
}

static void unsubscribe(void *payload, weft_pressure_fn fn, void *fn_payload) {
    weft_memory_monitor_unregister(payload, fn, fn_payload);
}

static void ask_workers(weft_pressure_level level, double usage_percent, void *payload) {
    weft_relief *relief = payload;
    (void)usage_percent;
    if (level == WEFT_PRESSURE_RECOVERED) atomic_store(&relief->read_ahead_stopped, false);
    if (level != WEFT_PRESSURE_WARNING && level != WEFT_PRESSURE_CRITICAL) return;
    atomic_store(&relief->read_ahead_stopped, true);
    if (level == WEFT_PRESSURE_CRITICAL) atomic_fetch_add(&relief->scratch_calls, 1);
    if (level == WEFT_PRESSURE_WARNING) atomic_store(&relief->idle_due, true);
}

/* Of transforms that others are cloned from, `max_kept` stay. */
static void close_all_idle(const weft_plan *plan, int max_kept) {
    for (int i = 0; i < plan->dataset_count; i++)
        for (int j = 0; j < plan->datasets[i].input_count; j++)
            weft_source_close_idle(plan->datasets[i].inputs[j].source);
    for (int i = 0; i < plan->pair_count; i++)
        weft_crs_pair_close_idle(plan->pairs[i], i < max_kept);
}

static void close_idle(void *payload) {
    close_all_idle(((weft_memory_watch *)payload)->plan, INT_MAX);
}

static bool is_settled(void *payload) {
    return atomic_load(&((weft_memory_watch *)payload)->relief.targets_due) == 0;
}

/* The cache takes a step of growth a cooldown: nobody takes it window by window. At a critical level handles do not
 * wait for a worker, so that the heap that they held is free when it is trimmed. */
static void give_back(void *payload, weft_pressure_level level) {
    weft_memory_watch *watch = payload;
    weft_block_cache_set_capacity(watch->cache, weft_adaptive_size_take(&watch->cache_size));
    weft_ledger_set_keeping(watch->ledger, level == WEFT_PRESSURE_RECOVERED);
    if (level != WEFT_PRESSURE_CRITICAL) return;
    weft_block_cache_drop(watch->cache, -1);
    atomic_store(&watch->relief.idle_due, false);
    close_all_idle(watch->plan, WEFT_TRANSFORMS_KEPT);
    (void)weft_allocator_trim_seldom();
}

/* A probe that cannot see anything here has no say; the process's own always works. */
static weft_status make_probes(weft_memory_watch *watch, int64_t limit_bytes, int *count, weft_error *err) {
    weft_memory_room room;
    weft_memory_room_read("", &room);
    const weft_probe_setup setup = {.root = "",
                                    .limit_bytes = limit_bytes,
                                    .batch_limit_bytes = room.batch_limit_bytes,
                                    .warning_percent = watch->config->warning_percent};
    return weft_memory_probes_make(watch->probes, count, &setup, err);
}

static weft_status make_monitor(weft_memory_watch *watch, const weft_run_options *options, weft_context *context,
                                weft_error *err) {
    const weft_config *config = watch->config;
    weft_memory_monitor_options monitor = {
        .limit_bytes = watch->plan->memory.limit_bytes,
        .warning_percent = config->warning_percent,
        .critical_percent = config->critical_percent,
        .sample_interval_ms = config->sample_interval_ms,
        .cooldown_ms = options->cooldown_ms,
        .recovery_ms = options->recovery_ms,
        .critical_patience_ms = options->critical_patience_ms > 0 ? options->critical_patience_ms : CRITICAL_PATIENCE,
        .probes = options->probes,
        .probe_count = options->probe_count,
        .ledger = watch->ledger,
        .activity = context->activity,
        .cancel = context->cancel,
        .sink = {keep_sample, keep_alert, learn, watch},
        .settled = is_settled,
        .settled_payload = watch,
        .relieve = give_back,
        .relieve_payload = watch,
    };
    if (options->probes == NULL) {
        weft_status status = make_probes(watch, monitor.limit_bytes, &monitor.probe_count, err);
        if (status != WEFT_OK) return status;
        monitor.probes = watch->probes;
    }
    return weft_memory_monitor_new(&watch->monitor, &monitor, err);
}

weft_status weft_memory_watch_start(weft_memory_watch *watch, const weft_plan *plan, const weft_run_options *options,
                                    weft_block_cache *cache, weft_metrics_store *store, weft_context *context,
                                    weft_error *err) {
    int64_t desired = plan->memory.block_cache_bytes;
    watch->config = plan->config;
    watch->plan = plan;
    watch->cache = cache;
    watch->ledger = context->ledger;
    watch->store = store;
    watch->unmanaged_bytes = plan->memory.unmanaged_bytes;
    watch->relief.close_idle = close_idle;
    watch->relief.payload = watch;
    weft_status status = make_monitor(watch, options, context, err);
    if (status != WEFT_OK) goto done;
    context->pressure = (weft_pressure_source){subscribe, unsubscribe, watch->monitor};
    context->relief = &watch->relief;
    watch->cache_size = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                             .parameter = "block_cache_bytes",
                                             .desired = desired,
                                             .warning_floor = desired / 4,
                                             .critical_size = desired / 8};
    status = weft_adaptive_size_init(&watch->cache_size, context, err);
    if (status != WEFT_OK) goto done;
    status = weft_memory_monitor_register(watch->monitor, ask_workers, &watch->relief, err);
    if (status != WEFT_OK) goto done;
    status = weft_memory_monitor_start(watch->monitor, err);
done:
    if (status != WEFT_OK) weft_memory_watch_stop(watch);
    return status;
}

void weft_memory_watch_stop(weft_memory_watch *watch) {
    if (watch->monitor != NULL) {
        weft_memory_monitor_stop(watch->monitor);
        weft_memory_monitor_unregister(watch->monitor, ask_workers, &watch->relief);
        weft_adaptive_size_dispose(&watch->cache_size);
    }
    weft_memory_monitor_free(watch->monitor);
    watch->monitor = NULL;
    for (size_t i = 0; i < sizeof watch->probes / sizeof *watch->probes; i++) {
        weft_memory_probe_free(watch->probes[i]);
        watch->probes[i] = NULL;
    }
}
