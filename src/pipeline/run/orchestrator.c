/* Orders a run: plan, outputs, parts, stages, results. What it builds lives in run_parts.c, what it writes in
 * run_outputs.c.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/run/orchestrator.h"

#include "core/clock.h"
#include "core/log.h"
#include "pipeline/record/run_textfile.h"
#include "pipeline/run/empty_columns.h"
#include "pipeline/run/run_chunks.h"
#include "pipeline/run/run_draw.h"
#include "pipeline/run/run_events.h"
#include "pipeline/run/run_measures.h"
#include "pipeline/run/run_outputs.h"
#include "pipeline/run/run_parts.h"
#include "pipeline/run/run_threads.h"
#include "stages/export_stage.h"
#include "stages/resample_stage.h"
#include "stages/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_METADATA_BYTES (4 << 20) /* more than that is in its file alone */

/* One run. Zero-initialised is empty. */
typedef struct run {
    weft_run_parts parts;
    weft_run_outputs outputs;
    int64_t started_ns;
    int64_t kept_lines; /* that were in the table when the run began */
    bool was_finished;
    bool warned_at_end;
    weft_chunk_stage *chunks; /* of the attempt under way */
    weft_resample_result resampled;
    weft_export_result exported;
} run;

/* --- attempts --- */

static void end_attempt(run *self, weft_status status, const weft_error *err) {
    weft_chunk_stage_free(self->chunks);
    self->chunks = NULL;
    weft_table_outputs_free_writers(&self->outputs.tables);
    weft_run_layers_free_materialised(&self->parts.layers);
    weft_run_outputs_close(&self->outputs, status, err);
}

/* Whether to make another attempt after one that failed; then nothing of that one is open any more. */
static bool attempt_again(run *self, weft_status *status, weft_error *err) {
    weft_run_parts *parts = &self->parts;
    if (!weft_run_outputs_try_again(&self->outputs, status, err)) return false;
    end_attempt(self, *status, err);
    self->exported = (weft_export_result){0};
    /* The failed attempt may have given the block cache back. Chunks need it again: of it as much as memory pressure
     * leaves. Before the watch begins nothing was given back. */
    if (parts->watch.monitor != NULL)
        weft_block_cache_set_capacity(parts->cache, weft_adaptive_size_get(&parts->watch.cache_size));
    return true;
}

static weft_status open_outputs(run *self, weft_error *err) {
    weft_status status;
    do
        status = weft_run_outputs_open(&self->outputs, self->parts.plan, err);
    while (status != WEFT_OK && attempt_again(self, &status, err));
    self->was_finished = self->outputs.record.was_finished;
    return status;
}

/* --- the stages --- */

static weft_status run_resample(void *payload, weft_error *err) {
    run *self = payload;
    weft_run_parts *parts = &self->parts;
    const weft_plan *plan = parts->plan;
    weft_resample_options options = {
        .context = &parts->context,
        .workers = parts->workers,
        .lazy = parts->layers.lazy,
        .layer_count = plan->layer_count,
        .cols = plan->table_cols,
        .rows = plan->table_rows,
        /* A sample is drawn of all rows. */
        .first_row = weft_plan_rows_draw(parts->config) ? 0 : weft_run_record_first_row(&self->outputs.record),
        .window_size = &parts->window_size};
    return weft_resample_run(&options, parts->layers.materialised, &self->resampled, err);
}

static uint32_t begin_checkpoint(run *self) {
    return weft_activity_enter(&self->parts.activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT,
                               WEFT_OPERATION_CHECKPOINT);
}

static void end_checkpoint(run *self, uint32_t before) {
    weft_activity_leave(&self->parts.activity, WEFT_ACTIVITY_COORDINATOR, before);
}

static weft_status take_checkpoint(void *payload, int64_t rows_done, bool last, weft_error *err) {
    run *self = payload;
    if (!weft_run_record_is_due(&self->outputs.record, last)) return WEFT_OK;
    uint32_t before = begin_checkpoint(self);
    weft_status status = weft_run_outputs_checkpoint(&self->outputs, self->parts.layers.seen, rows_done, last, err);
    end_checkpoint(self, before);
    return status;
}

static void give_back(void *payload) {
    weft_run_parts_give_back(&((run *)payload)->parts);
}

/* What is only known when all was read, on the log and in the metadata, once: files with blocks that could not be read
 * or decoded, where these are missing, and columns without a value. */
static weft_status warn_at_end(run *self, weft_error *err) {
    weft_plan *plan = self->parts.plan;
    int before = plan->planned_warnings;
    if (self->warned_at_end) return WEFT_OK;
    self->warned_at_end = true;
    bool earlier = self->parts.options->resume && self->outputs.record.resumes;
    weft_status status = weft_plan_warn_of_bad_blocks(plan, earlier, err);
    /* Of a shard's columns others may have the values. */
    if (status == WEFT_OK && plan->config->shard.count == 0)
        status = weft_empty_columns_warn(plan, self->parts.layers.seen, err);
    for (int i = before; i < plan->warning_count && status == WEFT_OK; i++)
        weft_log(WEFT_LOG_WARNING, "%s", plan->warnings[i]);
    return status;
}

/* What computes the rows that the outputs lack. */
static weft_status start_merge(run *self, weft_error *err) {
    weft_run_parts *parts = &self->parts;
    weft_run_outputs *outputs = &self->outputs;
    const weft_plan *plan = parts->plan;
    weft_run_layers_choose(&parts->layers);
    parts->scratch_folder = outputs->record.folder.path;
    weft_status status = weft_run_draw(parts, err);
    if (status == WEFT_OK)
        status =
            weft_run_chunks_open(&self->chunks, parts, weft_run_record_first_row(&outputs->record), plan->end_row, err);
    if (status != WEFT_OK) return status;
    /* Whole layers read no blocks any more. */
    if (weft_plan_is_in_memory(plan) && self->resampled.lazy_layers == 0) weft_block_cache_drop(parts->cache, -1);
    return WEFT_OK;
}

/* A dataset is found by its name; several of a plan that are of one name's are all of the same files. */
static weft_status take_bad(weft_plan *plan, const weft_shard *shard, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < shard->bad_count && status == WEFT_OK; i++) {
        int at = 0;
        while (at < plan->dataset_count && strcmp(plan->datasets[at].config->name, shard->bad[i].dataset) != 0)
            at++;
        if (at < plan->dataset_count)
            status = weft_plan_add_bad(&plan->datasets[at], shard->bad[i].path, shard->bad[i].blocks, err);
    }
    return status;
}

/* What is read of shards instead; what they met of columns counts as met, and what they warned of is said once. */
static weft_status start_join(run *self, weft_error *err) {
    weft_run_parts *parts = &self->parts;
    weft_shard_set *shards = parts->options->shards;
    size_t marks = (size_t)weft_empty_columns_marks(parts->plan);
    weft_status status = weft_shard_set_tie(shards, parts->plan, &self->outputs.record.facts, err);
    for (int i = 0; i < shards->count && status == WEFT_OK; i++) {
        const weft_shard *shard = &shards->shards[i];
        for (size_t j = 0; j < marks && strlen(shard->columns_seen) == marks; j++)
            atomic_fetch_or(&parts->layers.seen[j], (unsigned char)(shard->columns_seen[j] - '0'));
        for (int j = 0; j < shard->warning_count && status == WEFT_OK; j++)
            status = weft_plan_warn_once(parts->plan, shard->warnings[j], err);
        if (status == WEFT_OK) status = take_bad(parts->plan, shard, err);
    }
    return status;
}

static weft_status run_export(void *payload, weft_error *err) {
    run *self = payload;
    weft_run_parts *parts = &self->parts;
    weft_run_outputs *outputs = &self->outputs;
    const weft_plan *plan = parts->plan;
    const weft_shard_set *shards = parts->options->shards;
    weft_status status = (shards != NULL ? start_join : start_merge)(self, err);
    if (status != WEFT_OK) return status;
    status = weft_table_outputs_start(&outputs->tables, plan, &parts->table, outputs->record.folder.path, err);
    if (status == WEFT_OK) status = weft_run_record_resume_writers(&outputs->record, &outputs->tables, err);
    if (status != WEFT_OK) return status;
    weft_export_options export = {.context = &parts->context,
                                  .chunks = weft_chunk_stage_source(self->chunks),
                                  .parts = shards == NULL ? NULL : shards->parts,
                                  .part_count = shards == NULL ? 0 : shards->count,
                                  .table = &parts->table.chunks,
                                  .part_bytes = plan->memory.chunk_bytes / 2,
                                  .writers = outputs->tables.writers,
                                  .writer_count = outputs->tables.writer_count,
                                  .cols = plan->table_cols,
                                  .first_row = plan->first_row,
                                  .end_row = plan->end_row,
                                  .checkpoint = {take_checkpoint, self},
                                  .chunks_done = give_back,
                                  .payload = self};
    status = weft_export_run(&export, &self->exported, err);
    /* Before anything is called whole: rows of files that were replaced meanwhile are no answer. */
    if (status == WEFT_OK) status = weft_plan_check_files(plan, err);
    if (status == WEFT_OK) status = warn_at_end(self, err);
    if (status == WEFT_OK) status = weft_run_outputs_describe(outputs, self->exported.rows, err);
    uint32_t before = begin_checkpoint(self);
    /* From here on nothing is missing but names: a run that is stopped between two of them is told by this. */
    if (status == WEFT_OK && !parts->config->to_stdout)
        status = weft_run_record_whole(&outputs->record, &outputs->tables, err);
    if (status == WEFT_OK) status = weft_table_outputs_commit(&outputs->tables, err);
    end_checkpoint(self, before);
    return status;
}

static int64_t count_windows(const void *payload) {
    const run *self = payload;
    bool pulls = self->chunks != NULL && !weft_plan_is_in_memory(self->parts.plan);
    int64_t pulled = pulls ? weft_chunk_stage_windows(self->chunks) : 0;
    return self->resampled.windows + pulled;
}

static int64_t count_chunks(const void *payload) {
    const run *self = payload;
    return weft_chunk_stage_chunks(self->chunks);
}

static int64_t count_lines(const void *payload) {
    return ((const run *)payload)->exported.rows;
}

static void record_stage(run *self, const weft_stage *stage, int64_t started_ms, double seconds, weft_status status) {
    weft_stage_memory memory = {0};
    weft_memory_monitor_stage_memory(self->parts.watch.monitor, stage->id, &memory);
    weft_stage_record record = {
        .stage = stage->id,
        .started_ms = started_ms,
        .seconds = stage->run != NULL ? seconds : weft_activity_busy_seconds(&self->parts.activity, stage->id),
        .items = stage->items(self),
        .average_bytes = memory.average_bytes,
        .peak_bytes = memory.peak_bytes,
        .status = status,
    };
    weft_metrics_store_stage(self->parts.store, &record);
}

/* Adds the stage that failed; a layer that was read in it has named it. */
static void name_stage(weft_error *err, weft_stage_id id) {
    char stage[64];
    int length = snprintf(stage, sizeof stage, "stage=%s ", weft_stage_name(id));
    if (err != NULL && strncmp(err->context, stage, (size_t)length) != 0)
        weft_error_context(err, "stage=%s", weft_stage_name(id));
}

static weft_status try_stages(run *self, weft_error *err) {
    if (weft_run_record_is_whole(&self->outputs.record))
        return weft_run_outputs_name_whole(&self->outputs, &self->exported.rows, &self->exported.bytes, err);
    bool in_memory = weft_plan_is_in_memory(self->parts.plan) && self->parts.options->shards == NULL;
    const weft_stage stages[] = {
        {WEFT_STAGE_RESAMPLE, in_memory ? run_resample : NULL, count_windows, self},
        {WEFT_STAGE_MERGE, NULL, count_chunks, self},
        {WEFT_STAGE_EXPORT, run_export, count_lines, self},
    };
    const size_t count = sizeof stages / sizeof *stages;
    int64_t started_ms[sizeof stages / sizeof *stages];
    double seconds[sizeof stages / sizeof *stages] = {0};
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < count && status == WEFT_OK; i++) {
        int64_t before_ns = weft_clock_monotonic_ns();
        started_ms[i] = weft_clock_wall_ms();
        if (stages[i].run != NULL) status = stages[i].run(stages[i].payload, err);
        if (status != WEFT_OK) name_stage(err, stages[i].id);
        seconds[i] = (double)(weft_clock_monotonic_ns() - before_ns) / 1e9;
        weft_memory_monitor_sample_now(self->parts.watch.monitor);
        if (status != WEFT_OK) record_stage(self, &stages[i], started_ms[i], seconds[i], status);
    }
    /* Pulled stages are done when the last one is: all are recorded at the end. */
    for (size_t i = 0; i < count && status == WEFT_OK; i++)
        record_stage(self, &stages[i], started_ms[i], seconds[i], status);
    return status;
}

static weft_status run_stages(run *self, weft_error *err) {
    weft_status status;
    do
        status = try_stages(self, err);
    while (status != WEFT_OK && attempt_again(self, &status, err) && (status = open_outputs(self, err)) == WEFT_OK);
    return status;
}

/* --- the run --- */

/* Outputs are opened before anything else is made: that a name is taken, a folder not writable or the disk too small is
 * known at once, and a run that was finished needs nothing else. */
static weft_status build(run *self, weft_error *err) {
    weft_run_parts *parts = &self->parts;
    weft_status status = weft_run_parts_plan(parts, err);
    if (status == WEFT_OK) status = open_outputs(self, err);
    if (status != WEFT_OK || self->was_finished) return status;
    self->kept_lines = self->outputs.record.facts.outputs[0].rows;
    status = weft_run_parts_build(parts, err);
    if (status == WEFT_OK)
        weft_empty_columns_begin(&self->outputs.record, parts->layers.seen, weft_empty_columns_marks(parts->plan));
    return status;
}

static void fill_result(const run *self, weft_run_result *result) {
    const weft_plan *plan = self->parts.plan;
    const weft_run_attempts *attempts = &self->outputs.attempts;
    weft_process_memory memory = {0};
    (void)weft_process_memory_read(&memory);
    result->lines = self->exported.rows;
    result->kept_lines = self->kept_lines;
    result->bytes = self->exported.bytes;
    result->windows = count_windows(self);
    result->chunks = count_chunks(self);
    result->adaptations = atomic_load(&self->parts.adaptations);
    if (plan != NULL) {
        result->limit_bytes = plan->memory.limit_bytes;
        result->cells = plan->table_cols * plan->table_rows;
        bool none_whole = !self->parts.config->enable_streaming && !weft_plan_is_in_memory(plan);
        result->lazy_layers = none_whole ? plan->layer_count : self->resampled.lazy_layers;
        result->read_retries = atomic_load(&plan->retries.retries);
        result->reads_recovered = atomic_load(&plan->retries.recovered);
        result->reads_lost = atomic_load(&plan->retries.lost);
    }
    result->was_finished = self->was_finished;
    result->restarts = atomic_load(&attempts->account.retries);
    memcpy(result->restart_reason, attempts->reason, sizeof result->restart_reason);
    result->seconds = (double)(weft_clock_monotonic_ns() - self->started_ns) / 1e9;
    result->peak_bytes = memory.peak_resident_bytes;
}

/* Its words, and the figures behind them for the metrics. */
static void judge(const run *self, weft_run_result *result) {
    const weft_run_parts *parts = &self->parts;
    if (parts->workers == NULL) return;
    const weft_memory_plan *memory = &parts->plan->memory;
    weft_block_cache_stats cache;
    weft_verdict verdict;
    weft_text text = {0};
    weft_block_cache_read_stats(parts->cache, &cache);
    weft_verdict_facts facts = {.seconds = result->seconds,
                                .threads = memory->threads,
                                .threads_desired = weft_run_threads(parts->config),
                                .decoded_bytes = cache.loaded_bytes,
                                .touched_bytes = memory->touched_bytes,
                                .peak_bytes = result->peak_bytes,
                                .limit_bytes = memory->limit_bytes,
                                .desired_limit_bytes = memory->desired_limit_bytes,
                                .enough_bytes = memory->enough_limit_bytes};
    weft_verdict_facts_read(&facts, &parts->activity);
    weft_verdict_find(&verdict, &facts);
    weft_verdict_describe(&verdict, &facts, &text);
    if (!text.failed) (void)snprintf(result->verdict, sizeof result->verdict, "%s", text.data);
    weft_text_dispose(&text);
    result->bound_by = weft_bound_name(verdict.bound);
    result->enough_bytes = verdict.enough_bytes;
    weft_run_measures_figures(parts->store, result, &verdict, &cache);
}

static void record_end(run *self, weft_status status, const weft_error *err, weft_run_result *result) {
    weft_run_parts *parts = &self->parts;
    if (parts->store == NULL) return;
    weft_run_measures_record(parts->store, parts->plan, parts->cache, &parts->activity, &parts->performance);
    if (result->bound_by != NULL) {
        weft_verdict_record verdict = {result->bound_by, result->verdict, result->enough_bytes};
        weft_metrics_store_verdict(parts->store, &verdict);
    }
    if (self->outputs.metadata.length > 0 && self->outputs.metadata.length <= MAX_METADATA_BYTES &&
        !self->outputs.metadata.failed)
        weft_metrics_store_metadata(parts->store, self->outputs.metadata.data);
    weft_run_events_record(parts->store, parts->plan, result);
    weft_metrics_store_end(parts->store, weft_clock_wall_ms(), status, result->lines, result->peak_bytes,
                           status == WEFT_OK ? NULL : err->message);
    result->lost_records = weft_metrics_store_lost(parts->store);
}

/* When the outputs have their names. */
static void leave_textfile(const run *self, weft_status status, const weft_run_result *result) {
    const weft_run_ending ending = {.status = status,
                                    .started_ms = self->parts.started_ms,
                                    .ended_ms = weft_clock_wall_ms(),
                                    .seconds = result->seconds,
                                    .rows = result->lines,
                                    .bytes = result->bytes,
                                    .peak_bytes = result->peak_bytes,
                                    .limit_bytes = result->limit_bytes,
                                    .adaptations = result->adaptations};
    weft_run_textfile_write(self->parts.config, &ending);
}

weft_status weft_run(const weft_config *config, const weft_run_options *options, weft_run_result *result,
                     weft_error *err) {
    run *self = calloc(1, sizeof *self);
    weft_error own = {0};
    *result = (weft_run_result){0};
    if (self == NULL) return weft_error_no_memory(err, "the run");
    if (err == NULL) err = &own;
    self->started_ns = weft_clock_monotonic_ns();
    self->parts.config = config;
    self->parts.options = self->outputs.options = options;
    self->parts.started_ms = weft_clock_wall_ms();
    self->outputs.resume = options->resume;
    self->outputs.attempts.account.cancel = options->cancel;
    weft_status status = build(self, err);
    if (status == WEFT_OK && !self->was_finished) status = run_stages(self, err);
    fill_result(self, result);
    judge(self, result);
    record_end(self, status, err, result);
    end_attempt(self, status, err);
    result->can_resume = self->outputs.could_resume;
    if (!self->was_finished) leave_textfile(self, status, result);
    weft_text_dispose(&self->outputs.metadata);
    weft_run_parts_dispose(&self->parts);
    result->kept_metrics = self->parts.kept_metrics;
    free(self);
    return status;
}
