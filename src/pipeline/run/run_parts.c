/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_parts.h"

#include "core/clock.h"
#include "pipeline/memory/memory_plan.h"
#include "pipeline/planner/plan_report.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/run_events.h"
#include "pipeline/run/run_measures.h"
#include "pipeline/run/run_threads.h"
#include "raster/blocks/handle_limit.h"
#include "raster/gdal/gdal_setup.h"
#include "store/metrics_prune.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PLAN_BYTES (4 << 20)
#define PRUNE_MS       1000 /* what is left of old runs after that goes at the end of the next run */

/* --- what the stages report --- */

static void adapted(void *payload, const weft_adaptation *adaptation) {
    weft_run_parts *parts = payload;
    atomic_fetch_add(&parts->adaptations, 1);
    weft_metrics_store_adaptation(parts->store, weft_clock_wall_ms(), adaptation);
    if (parts->options->observer.adapted != NULL)
        parts->options->observer.adapted(parts->options->observer.payload, adaptation);
}

static void progressed(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    weft_run_parts *parts = payload;
    weft_context_tidy(&parts->context);
    if (parts->options->observer.progressed != NULL)
        parts->options->observer.progressed(parts->options->observer.payload, stage, done, total);
}

static void exported(void *payload, weft_window window, double fill_seconds, double write_seconds) {
    weft_run_parts *parts = payload;
    weft_chunk_record record = {.wall_ms = weft_clock_wall_ms(),
                                .first_row = window.row,
                                .first_col = window.col,
                                .rows = window.rows,
                                .cols = window.cols,
                                .fill_seconds = fill_seconds,
                                .write_seconds = write_seconds};
    weft_metrics_store_chunk(parts->store, &record);
}

/* --- the plan --- */

static bool read_resident(int64_t *now_bytes, int64_t *peak_bytes) {
    weft_process_memory memory;
    if (!weft_process_memory_read(&memory)) return false;
    *now_bytes = memory.resident_bytes;
    *peak_bytes = memory.peak_resident_bytes;
    return true;
}

/* The ledger and the cache come before the plan, with nothing in them: planning reads files through the cache, and only
 * then says how much each may hold. */
weft_status weft_run_parts_plan(weft_run_parts *parts, weft_error *err) {
    int threads = weft_run_threads(parts->config);
    weft_context *context = &parts->context;
    uint32_t before =
        weft_activity_enter(&parts->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_PREPARE, WEFT_OPERATION_PLAN);
    weft_status status = weft_raster_init(err);
    if (status == WEFT_OK) status = weft_ledger_new(&context->ledger, 0, err);
    if (status == WEFT_OK) status = weft_block_cache_new(&parts->cache, context->ledger, 0, err);
    if (status == WEFT_OK)
        status = weft_plan_new(&parts->plan, parts->config, parts->cache, threads, parts->options->cancel, err);
    weft_activity_leave(&parts->activity, WEFT_ACTIVITY_COORDINATOR, before);
    if (status != WEFT_OK) return status;
    const weft_memory_plan *memory = &parts->plan->memory;
    weft_ledger_set_capacity(context->ledger, memory->ledger_bytes,
                             weft_memory_plan_bound(parts->config, memory->limit_bytes, memory->unmanaged_bytes));
    weft_ledger_set_reclaim(context->ledger, weft_block_cache_give_back, parts->cache);
    weft_block_cache_set_capacity(parts->cache, memory->block_cache_bytes);
    context->working_bytes = memory->working_bytes;
    context->patch_bytes = memory->patch_bytes;
    weft_handle_limit_allow(parts->plan->handles, memory->idle_handles);
    weft_handle_limit_share(parts->plan->handles, context->ledger, memory->decoder_bytes, read_resident);
    if (parts->options->planned != NULL) parts->options->planned(parts->options->planned_payload, parts->plan);
    return WEFT_OK;
}

/* --- the rest --- */

/* The command that makes the run again, which is the one that resumes it, but from the beginning. NULL: not known, or
 * no memory. */
static char *again_command(const char *resume_command) {
    static const char resume[] = " --resume";
    if (resume_command == NULL) return NULL;
    size_t length = strlen(resume_command), end = sizeof resume - 1;
    if (length > end && strcmp(resume_command + length - end, resume) == 0) length -= end;
    return weft_text_format("%.*s", (int)length, resume_command);
}

static void watch_calls(weft_run_parts *parts) {
    weft_performance_monitor *performance = &parts->performance;
    for (int i = 0; i < WEFT_OPERATION_COUNT; i++)
        performance->slow_ns[i] = parts->config->slow_ms[i] * 1000000;
    performance->slow = weft_run_measures_slow;
    performance->payload = parts->store;
    weft_performance_monitor_start(performance, &parts->activity);
}

static weft_status open_store(weft_run_parts *parts, weft_error *err) {
    weft_status status =
        weft_metrics_store_open(&parts->store, parts->config->metrics_database, parts->options->cancel, err);
    if (status != WEFT_OK) return status;
    weft_text plan = {0};
    char *command = again_command(parts->options->resume_command);
    /* Of what takes so much to say nobody reads a report. */
    bool told = weft_plan_json(parts->plan, &plan, NULL) == WEFT_OK && plan.length <= MAX_PLAN_BYTES;
    weft_experiment_record record = {
        .experiment_id = parts->config->experiment,
        .started_ms = parts->started_ms,
        .config_file = parts->config->file,
        .config_text = parts->config->text,
        .weft_version = WEFT_VERSION,
        .mode = weft_plan_is_in_memory(parts->plan) ? "in-memory" : "streaming",
        .limit_bytes = parts->plan->memory.limit_bytes,
        .threads = parts->plan->memory.threads,
        .grid_cols = parts->plan->table_cols,
        .grid_rows = parts->plan->table_rows,
        .layers = parts->plan->layer_count,
        .warning_percent = parts->config->warning_percent,
        .critical_percent = parts->config->critical_percent,
        .command = command,
        .plan_json = told ? plan.data : NULL,
    };
    weft_metrics_store_begin(parts->store, &record);
    weft_text_dispose(&plan);
    free(command);
    weft_run_events_log(parts->plan);
    return WEFT_OK;
}

static weft_status start_sizes(weft_run_parts *parts, weft_error *err) {
    const weft_memory_plan *memory = &parts->plan->memory;
    parts->window_size = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                              .parameter = "window_size",
                                              .desired = memory->window_size,
                                              .warning_floor = parts->config->min_window_size,
                                              .critical_size = parts->config->critical_window_size};
    parts->chunk_size = (weft_adaptive_size){.stage = WEFT_STAGE_MERGE,
                                             .parameter = "chunk_size",
                                             .desired = memory->chunk_rows,
                                             .warning_floor = parts->config->min_chunk_size,
                                             .critical_size = parts->config->min_chunk_size};
    weft_status status = weft_adaptive_size_init(&parts->window_size, &parts->context, err);
    if (status == WEFT_OK) status = weft_adaptive_size_init(&parts->chunk_size, &parts->context, err);
    return status;
}

static weft_status make_columns(weft_run_parts *parts, weft_error *err) {
    const weft_plan *plan = parts->plan;
    if (plan->program == NULL) return WEFT_OK;
    parts->choice = plan->rows.choice;
    weft_status status = weft_chunk_columns_new(&parts->columns, &parts->context, parts->workers, plan->program,
                                                &parts->layers.seen[plan->layer_count], err);
    if (status == WEFT_OK) weft_chunk_columns_choose(parts->columns, &parts->choice);
    return status;
}

weft_status weft_run_parts_build(weft_run_parts *parts, weft_error *err) {
    weft_context *context = &parts->context;
    weft_status status = open_store(parts, err);
    if (status != WEFT_OK) return status;
    watch_calls(parts);
    context->activity = &parts->activity;
    context->cancel = parts->options->cancel;
    context->observer = (weft_observer){adapted, progressed, parts, exported};
    status =
        weft_memory_watch_start(&parts->watch, parts->plan, parts->options, parts->cache, parts->store, context, err);
    if (status == WEFT_OK) status = start_sizes(parts, err);
    if (status == WEFT_OK) status = weft_work_pool_new(&context->pool, parts->plan->memory.threads, err);
    if (status == WEFT_OK) status = weft_workers_new(&parts->workers, context, err);
    if (status == WEFT_OK) status = weft_run_layers_make(&parts->layers, parts->plan, err);
    if (status == WEFT_OK) status = make_columns(parts, err);
    if (status == WEFT_OK) status = weft_run_table_make(&parts->table, context, parts->plan, err);
    if (status == WEFT_OK && parts->options->working != NULL) {
        const weft_run_watch watch = {parts->plan, context->ledger, parts->cache, &parts->activity,
                                      &parts->performance};
        parts->options->working(parts->options->working_payload, &watch);
    }
    return status;
}

void weft_run_parts_give_back(weft_run_parts *parts) {
    weft_run_layers_free_materialised(&parts->layers);
    weft_adaptive_size_leave(&parts->window_size);
    atomic_fetch_add(&parts->context.relief->scratch_calls, 1);
    for (int i = 0; i < parts->plan->memory.threads; i++)
        weft_worker_relieve(&parts->workers[i]);
    weft_block_cache_set_capacity(parts->cache, 0);
    weft_block_cache_drop(parts->cache, -1);
    (void)weft_ledger_purge(parts->context.ledger, INT64_MAX);
}

/* Threads first, then those whom they could have told something: the pool's, the monitor's (sizes leave it before it
 * stops), the store's. The ledger is last, when all that it counted is given back. */
void weft_run_parts_dispose(weft_run_parts *parts) {
    if (parts->options->working != NULL) parts->options->working(parts->options->working_payload, NULL);
    weft_chunk_columns_free(parts->columns);
    weft_row_draw_free(parts->draw);
    weft_work_pool_free(parts->context.pool);
    weft_adaptive_size_dispose(&parts->chunk_size);
    weft_adaptive_size_dispose(&parts->window_size);
    weft_memory_watch_stop(&parts->watch);
    weft_run_layers_dispose(&parts->layers);
    if (parts->workers != NULL) weft_workers_free(parts->workers, parts->plan->memory.threads);
    parts->kept_metrics = weft_metrics_store_close(parts->store);
    if (parts->kept_metrics && parts->config->metrics_keep_ms > 0)
        (void)weft_metrics_prune(parts->config->metrics_database, weft_clock_wall_ms() - parts->config->metrics_keep_ms,
                                 PRUNE_MS, NULL, NULL);
    weft_run_table_dispose(&parts->table);
    weft_plan_free(parts->plan);
    weft_block_cache_free(parts->cache);
    weft_ledger_free(parts->context.ledger);
}
