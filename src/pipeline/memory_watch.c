/* Callbacks run on the monitor's thread: they store targets and evict blocks; what takes time is left to the
 * coordinating thread.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/memory_watch.h"

static void keep_sample(void *payload, const weft_memory_sample *sample) {
    weft_memory_watch *watch = payload;
    weft_sample_record record = {sample->wall_ms,        sample->stage,           sample->operation,
                                 sample->resident_bytes, sample->anonymous_bytes, sample->ledger_bytes,
                                 sample->usage_percent,  sample->system_percent,  sample->worst_probe};
    weft_metrics_store_sample(watch->store, &record);
    /* What is resident outside the ledger only ever lowers its capacity: a reservation that is not yet touched hides
     * unmanaged memory, it never invents any. */
    int64_t unmanaged = sample->resident_bytes - sample->ledger_bytes;
    if (unmanaged <= watch->unmanaged_bytes) return;
    watch->unmanaged_bytes = unmanaged;
    weft_ledger_set_capacity(watch->ledger,
                             weft_memory_plan_capacity(watch->config, watch->plan->memory.limit_bytes, unmanaged));
}

static void keep_alert(void *payload, const weft_memory_alert *alert) {
    weft_memory_watch *watch = payload;
    weft_alert_record record = {alert->wall_ms, alert->level,          alert->usage_percent, alert->probe,
                                alert->stage,   alert->resident_bytes, alert->limit_bytes};
    weft_metrics_store_alert(watch->store, &record);
}

static weft_status subscribe(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    return weft_memory_monitor_register(payload, fn, fn_payload, err);
}

static void unsubscribe(void *payload, weft_pressure_fn fn, void *fn_payload) {
    weft_memory_monitor_unregister(payload, fn, fn_payload);
}

/* After the cache's size was set for this level: gives memory back now, and marks what is to be done between chunks. */
static void give_back(weft_pressure_level level, double usage_percent, void *payload) {
    weft_memory_watch *watch = payload;
    (void)usage_percent;
    weft_block_cache_set_capacity(watch->cache, weft_adaptive_size_get(&watch->cache_size));
    if (level == WEFT_PRESSURE_CRITICAL) weft_block_cache_drop(watch->cache, -1);
    if (level == WEFT_PRESSURE_WARNING || level == WEFT_PRESSURE_CRITICAL) atomic_store(&watch->idle_handles_due, true);
}

/* A probe that does not fit this system is left out; the process's own always works. */
static weft_status make_probes(weft_memory_watch *watch, int64_t limit_bytes, int *count, weft_error *err) {
    *count = 0;
    weft_status status = weft_process_probe_new(&watch->probes[0], limit_bytes, err);
    if (status == WEFT_OK) status = weft_cgroup_probe_new(&watch->probes[1], "", err);
    if (status == WEFT_OK) status = weft_system_probe_new(&watch->probes[2], "", err);
    if (status == WEFT_OK) *count = 3;
    return status;
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
        .critical_patience_ms = 10000,
        .probes = options->probes,
        .probe_count = options->probe_count,
        .ledger = watch->ledger,
        .activity = context->activity,
        .cancel = context->cancel,
        .sink = {keep_sample, keep_alert, watch},
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
    int64_t wish = plan->memory.block_cache_bytes;
    watch->config = plan->config;
    watch->plan = plan;
    watch->cache = cache;
    watch->ledger = context->ledger;
    watch->store = store;
    watch->unmanaged_bytes = plan->memory.unmanaged_bytes;
    weft_status status = make_monitor(watch, options, context, err);
    if (status != WEFT_OK) goto done;
    context->pressure = (weft_pressure_source){subscribe, unsubscribe, watch->monitor};
    watch->cache_size = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                             .parameter = "block_cache_bytes",
                                             .wish = wish,
                                             .warning_floor = wish / 4,
                                             .critical_size = wish / 8};
    status = weft_adaptive_size_init(&watch->cache_size, context, err);
    if (status != WEFT_OK) goto done;
    status = weft_memory_monitor_register(watch->monitor, give_back, watch, err);
    if (status != WEFT_OK) goto done;
    status = weft_memory_monitor_start(watch->monitor, err);
done:
    if (status != WEFT_OK) weft_memory_watch_stop(watch);
    return status;
}

void weft_memory_watch_stop(weft_memory_watch *watch) {
    if (watch->monitor != NULL) {
        weft_memory_monitor_stop(watch->monitor);
        weft_memory_monitor_unregister(watch->monitor, give_back, watch);
        weft_adaptive_size_dispose(&watch->cache_size);
    }
    weft_memory_monitor_free(watch->monitor);
    watch->monitor = NULL;
    for (size_t i = 0; i < sizeof watch->probes / sizeof *watch->probes; i++) {
        weft_memory_probe_free(watch->probes[i]);
        watch->probes[i] = NULL;
    }
}

void weft_memory_watch_tidy(weft_memory_watch *watch) {
    if (!atomic_exchange(&watch->idle_handles_due, false)) return;
    for (int i = 0; i < watch->plan->dataset_count; i++) {
        const weft_plan_dataset *dataset = &watch->plan->datasets[i];
        for (int j = 0; j < dataset->input_count; j++) {
            weft_source_close_idle(dataset->inputs[j].source);
            weft_projector_close_idle(dataset->inputs[j].projector);
        }
    }
}
