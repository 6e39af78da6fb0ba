/* Builds what a run needs from the bottom up, drives the stages in order, and takes everything down again.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/run/orchestrator.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"
#include "monitors/usable_cpus.h"
#include "pipeline/memory/memory_plan.h"
#include "pipeline/outputs/disk_check.h"
#include "pipeline/outputs/metadata_file.h"
#include "pipeline/outputs/stats_report.h"
#include "pipeline/outputs/table_outputs.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/empty_columns.h"
#include "pipeline/run/memory_watch.h"
#include "pipeline/run/run_attempts.h"
#include "pipeline/run/run_events.h"
#include "pipeline/run/run_measures.h"
#include "pipeline/run/run_record.h"
#include "processors/text/row_formatter.h"
#include "raster/blocks/handle_limit.h"
#include "raster/gdal/gdal_setup.h"
#include "stages/export_stage.h"
#include "stages/layers/lazy_layer.h"
#include "stages/layers/mosaic_layer.h"
#include "stages/merge_stage.h"
#include "stages/resample_stage.h"
#include "stages/stage.h"
#include "stages/writers/stats_writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything a run holds. Zero-initialised is empty; dispose() takes any part of it down. */
typedef struct run {
    const weft_config *config;
    const weft_run_options *options;
    weft_run_result *result;
    int64_t started_ns, started_ms;
    weft_activity activity;
    weft_context context;
    weft_block_cache *cache;
    weft_plan *plan;
    weft_metrics_store *store;
    weft_memory_watch watch;
    weft_run_record record;
    weft_run_attempts attempts;
    bool resume;      /* the next attempt goes on where the last one was */
    bool could_go_on; /* as the last attempt ended */
    bool warned_at_end;
    atomic_uchar *seen; /* one a column: merge has met a value of it */
    int64_t kept_lines;
    weft_table_outputs outputs;
    weft_table_spec table;
    weft_worker *workers;
    weft_layer **lazy, **materialised;
    const char **names;
    weft_data_type *types;
    char *nodata_field;
    weft_buffer x_texts;
    weft_adaptive_size window_size, chunk_size;
    _Atomic int64_t adaptations;
    weft_resample_options resample;
    weft_resample_result resampled;
    weft_row_format format;
    weft_merge_stage *merge;
    weft_export_options export;
    weft_export_result exported;
} run;

int weft_run_threads(const weft_config *config) {
    int threads = config->threads > 0 ? config->threads : weft_usable_cpus("");
    return threads < WEFT_MOST_THREADS ? threads : WEFT_MOST_THREADS;
}

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the run");
}

/* --- what the stages report --- */

static void adapted(void *payload, const weft_adaptation *adaptation) {
    run *self = payload;
    atomic_fetch_add(&self->adaptations, 1);
    weft_metrics_store_adaptation(self->store, weft_clock_wall_ms(), adaptation);
    if (self->options->observer.adapted != NULL)
        self->options->observer.adapted(self->options->observer.payload, adaptation);
}

static void progressed(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    run *self = payload;
    weft_context_tidy(&self->context);
    if (self->options->observer.progressed != NULL)
        self->options->observer.progressed(self->options->observer.payload, stage, done, total);
}

/* --- building up --- */

static void free_materialised(run *self) {
    for (int i = 0; self->materialised != NULL && i < self->plan->layer_count; i++) {
        weft_layer_free(self->materialised[i]);
        self->materialised[i] = NULL;
    }
}

static bool read_resident(int64_t *now_bytes, int64_t *peak_bytes) {
    weft_process_memory memory;
    if (!weft_process_memory_read(&memory)) return false;
    *now_bytes = memory.resident_bytes;
    *peak_bytes = memory.peak_resident_bytes;
    return true;
}

static weft_status make_plan(run *self, weft_error *err) {
    int threads = weft_run_threads(self->config);
    uint32_t before =
        weft_activity_enter(&self->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_PREPARE, WEFT_OPERATION_PLAN);
    weft_status status = weft_raster_init(err);
    if (status == WEFT_OK) status = weft_ledger_new(&self->context.ledger, 0, err);
    if (status == WEFT_OK) status = weft_block_cache_new(&self->cache, self->context.ledger, 0, err);
    if (status == WEFT_OK)
        status = weft_plan_new(&self->plan, self->config, self->cache, threads, self->options->cancel, err);
    weft_activity_leave(&self->activity, WEFT_ACTIVITY_COORDINATOR, before);
    if (status != WEFT_OK) return status;
    const weft_memory_plan *memory = &self->plan->memory;
    weft_ledger_set_capacity(self->context.ledger, memory->ledger_bytes,
                             weft_memory_plan_bound(self->config, memory->limit_bytes, memory->unmanaged_bytes));
    weft_ledger_set_reclaim(self->context.ledger, weft_block_cache_give_back, self->cache);
    weft_block_cache_set_capacity(self->cache, memory->block_cache_bytes);
    self->context.working_bytes = memory->working_bytes;
    self->context.patch_bytes = memory->patch_bytes;
    weft_handle_limit_allow(self->plan->handles, memory->idle_handles);
    weft_handle_limit_share(self->plan->handles, self->context.ledger, memory->decoder_bytes, read_resident);
    self->result->limit_bytes = memory->limit_bytes;
    self->result->cells = self->plan->grid.cols * self->plan->grid.rows;
    if (self->options->planned != NULL) self->options->planned(self->options->planned_payload, self->plan);
    return WEFT_OK;
}

static weft_status try_open_outputs(run *self, weft_error *err) {
    weft_status status = weft_make_folders(self->config->output_dir, err);
    if (status != WEFT_OK) return status;
    if (self->options->folder != NULL) {
        self->record.folder = *self->options->folder;
        *self->options->folder = (weft_run_folder){0};
    }
    self->record.again = atomic_load(&self->attempts.account.retries) > 0;
    status = weft_run_record_open(&self->record, self->plan, self->resume, self->options->resume_command, err);
    self->result->was_finished = self->record.was_finished;
    if (status != WEFT_OK || self->record.was_finished) return status;
    status = weft_disk_check(self->plan, err);
    return status == WEFT_OK ? weft_run_record_start(&self->record, &self->outputs, err) : status;
}

/* Lets go of all that an attempt has open, with workers idle. What it has on disk is noted, for the next attempt or for
 * another process. */
static void end_attempt(run *self, weft_status status, const weft_error *err) {
    weft_merge_stage_free(self->merge);
    self->merge = NULL;
    weft_table_outputs_free_writers(&self->outputs);
    free_materialised(self);
    self->could_go_on = weft_run_record_can_go_on(&self->record, status) ||
                        (self->could_go_on && self->record.state == NULL && status != WEFT_OK);
    if (self->could_go_on) weft_table_outputs_keep_parts(&self->outputs, self->record.facts.outputs);
    weft_table_outputs_dispose(&self->outputs);
    weft_run_record_end(&self->record, status, status == WEFT_OK ? NULL : err->message);
}

/* Whether to make another attempt after one that failed; then nothing of that one is open any more. */
static bool attempt_again(run *self, weft_status *status, weft_error *err) {
    if (self->config->to_stdout) return false;
    if (!weft_run_attempts_again(&self->attempts, self->record.facts.rows_done, status, err)) return false;
    /* A state that was there before this run began is another's, and was to be replaced. */
    self->resume = self->resume || self->record.state != NULL;
    end_attempt(self, *status, err);
    self->exported = (weft_export_result){0};
    /* What chunks need again, of it as much as memory pressure leaves. Before the watch nothing was given back. */
    if (self->watch.monitor != NULL)
        weft_block_cache_set_capacity(self->cache, weft_adaptive_size_get(&self->watch.cache_size));
    return true;
}

static weft_status open_outputs(run *self, weft_error *err) {
    weft_status status;
    do
        status = try_open_outputs(self, err);
    while (status != WEFT_OK && attempt_again(self, &status, err));
    return status;
}

static weft_status open_store(run *self, weft_error *err) {
    weft_status status = weft_metrics_store_open(&self->store, self->config->metrics_database, err);
    if (status != WEFT_OK) return status;
    weft_experiment_record record = {
        .experiment_id = self->config->experiment,
        .started_ms = self->started_ms,
        .config_file = self->config->file,
        .config_text = self->config->text,
        .weft_version = WEFT_VERSION,
        .mode = self->config->enable_streaming ? "streaming" : "in-memory",
        .limit_bytes = self->plan->memory.limit_bytes,
        .threads = self->plan->memory.threads,
        .grid_cols = self->plan->grid.cols,
        .grid_rows = self->plan->grid.rows,
        .layers = self->plan->layer_count,
    };
    weft_metrics_store_begin(self->store, &record);
    weft_run_events_log(self->plan);
    return WEFT_OK;
}

static weft_status start_sizes(run *self, weft_error *err) {
    const weft_memory_plan *memory = &self->plan->memory;
    self->window_size = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                             .parameter = "window_size",
                                             .wish = memory->window_size,
                                             .warning_floor = self->config->min_window_size,
                                             .critical_size = self->config->critical_window_size};
    self->chunk_size = (weft_adaptive_size){.stage = WEFT_STAGE_MERGE,
                                            .parameter = "chunk_size",
                                            .wish = memory->chunk_rows,
                                            .warning_floor = self->config->min_chunk_size,
                                            .critical_size = self->config->min_chunk_size};
    weft_status status = weft_adaptive_size_init(&self->window_size, &self->context, err);
    if (status == WEFT_OK) status = weft_adaptive_size_init(&self->chunk_size, &self->context, err);
    return status;
}

static weft_status start_workers(run *self, weft_error *err) {
    self->context.activity = &self->activity;
    self->context.cancel = self->options->cancel;
    self->context.observer = (weft_observer){adapted, progressed, self};
    weft_status status =
        weft_memory_watch_start(&self->watch, self->plan, self->options, self->cache, self->store, &self->context, err);
    if (status == WEFT_OK) status = start_sizes(self, err);
    if (status == WEFT_OK) status = weft_work_pool_new(&self->context.pool, self->plan->memory.threads, err);
    if (status == WEFT_OK) status = weft_workers_new(&self->workers, &self->context, err);
    return status;
}

static weft_status make_lazy(weft_layer **out, const weft_plan_layer *layer, const weft_plan_dataset *dataset,
                             int input, weft_error *err) {
    const weft_source_info *info = weft_source_describe(dataset->inputs[input].source);
    return weft_lazy_layer_new(out, layer->column, layer->dataset, dataset->inputs[input].source,
                               info->bands[layer->which].number, &dataset->inputs[input].lattice,
                               &layer->resamplers[input], err);
}

/* A lazy layer for each group of files that touches the grid, and the one that joins them. */
static weft_status make_mosaic(weft_layer **out, const weft_plan_layer *layer, const weft_plan_dataset *dataset,
                               weft_error *err) {
    weft_mosaic_layer_options options = {.column = layer->column,
                                         .dataset = layer->dataset,
                                         .type = layer->type,
                                         .rule = dataset->overlap,
                                         .corners = weft_kernel_needs_corners(layer->resamplers[0].kernel),
                                         .nets = dataset->nets,
                                         .net_count = dataset->net_count};
    weft_status status = weft_mosaic_layer_new(out, &options, dataset->input_count, err);
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        weft_layer *lazy = NULL;
        if (!dataset->inputs[i].on_grid) continue;
        status = make_lazy(&lazy, layer, dataset, i, err);
        if (status == WEFT_OK) weft_mosaic_layer_set(*out, i, lazy);
    }
    return status;
}

static weft_status make_layer(run *self, int i, weft_error *err) {
    const weft_plan_layer *layer = &self->plan->layers[i];
    const weft_plan_dataset *dataset = &self->plan->datasets[layer->dataset];
    self->names[i] = layer->column;
    self->types[i] = layer->type;
    if (!dataset->on_grid) return weft_empty_layer_new(&self->lazy[i], layer->column, layer->type, layer->dataset, err);
    if (dataset->input_count > 1) return make_mosaic(&self->lazy[i], layer, dataset, err);
    weft_status status = make_lazy(&self->lazy[i], layer, dataset, 0, err);
    if (status == WEFT_OK) self->lazy[i]->window_cols = dataset->window_cols;
    return status;
}

static weft_status make_layers(run *self, weft_error *err) {
    size_t count = (size_t)self->plan->layer_count;
    self->lazy = calloc(count, sizeof *self->lazy);
    self->materialised = calloc(count, sizeof *self->materialised);
    self->names = calloc(count, sizeof *self->names);
    self->types = calloc(count, sizeof *self->types);
    self->seen = calloc(count, sizeof *self->seen);
    if (self->lazy == NULL || self->materialised == NULL || self->names == NULL || self->types == NULL ||
        self->seen == NULL)
        return no_memory(err);
    weft_empty_columns_begin(&self->record, self->seen, self->plan->layer_count);
    weft_status status = WEFT_OK;
    for (int i = 0; i < self->plan->layer_count && status == WEFT_OK; i++)
        status = make_layer(self, i, err);
    return status;
}

/* x is the same in every row: its texts are made once, where the plan has room for them. */
static void make_x_texts(run *self) {
    int64_t cols = self->plan->grid.cols, bytes = cols * WEFT_X_TEXT_BYTES;
    if (self->plan->memory.x_text_bytes < bytes) return;
    if (weft_buffer_reserve(&self->x_texts, self->context.ledger, WEFT_TAG_TEXT, bytes, NULL) != WEFT_OK) return;
    weft_row_format_x_texts(&self->format, cols, self->x_texts.data);
    self->format.x_texts = self->x_texts.data;
}

static weft_status make_format(run *self, weft_error *err) {
    static const weft_row_filter filters[] = {
        [WEFT_ROWS_ALL] = WEFT_ROW_ALL, [WEFT_ROWS_ANY] = WEFT_ROW_ANY, [WEFT_ROWS_COMPLETE] = WEFT_ROW_COMPLETE};
    const weft_grid *grid = &self->plan->grid;
    size_t capacity = 2 * strlen(self->config->nodata_text) + 3;
    self->nodata_field = malloc(capacity);
    if (self->nodata_field == NULL) return no_memory(err);
    self->format = (weft_row_format){
        .origin_x = grid->origin_x,
        .origin_y = grid->origin_y,
        .res_x = grid->res_x,
        .res_y = grid->res_y,
        .column_count = self->plan->layer_count,
        .filter = filters[self->config->rows],
        .nodata = self->nodata_field,
        .nodata_length =
            weft_row_format_field(self->config->nodata_text, self->config->delimiter, self->nodata_field, capacity),
        .precision = self->config->precision,
        .delimiter = self->config->delimiter,
        .index = self->config->index_columns,
    };
    make_x_texts(self);
    return WEFT_OK;
}

static weft_status build(run *self, weft_error *err) {
    weft_status status = make_plan(self, err);
    if (status == WEFT_OK) status = open_outputs(self, err);
    if (status != WEFT_OK || self->record.was_finished) return status;
    self->kept_lines = self->record.facts.outputs[0].rows;
    status = open_store(self, err);
    if (status == WEFT_OK) status = start_workers(self, err);
    if (status == WEFT_OK) status = make_layers(self, err);
    if (status == WEFT_OK) status = make_format(self, err);
    return status;
}

/* --- the stages --- */

static weft_status run_resample(void *payload, weft_error *err) {
    run *self = payload;
    self->resample = (weft_resample_options){.context = &self->context,
                                             .workers = self->workers,
                                             .lazy = self->lazy,
                                             .layer_count = self->plan->layer_count,
                                             .cols = self->plan->grid.cols,
                                             .rows = self->plan->grid.rows,
                                             .first_row = weft_run_record_first_row(&self->record),
                                             .window_size = &self->window_size,
                                             .scratch_folder = self->record.folder.path};
    weft_status status = weft_resample_run(&self->resample, self->materialised, &self->resampled, err);
    if (status == WEFT_OK && self->resampled.layers_in_scratch > 0)
        weft_log(WEFT_LOG_INFO, "%d of %d layers do not fit into memory and went to scratch in %s",
                 self->resampled.layers_in_scratch, self->plan->layer_count, self->record.folder.path);
    return status;
}

static weft_status take_checkpoint(void *payload, int64_t rows_done, bool last, weft_error *err) {
    run *self = payload;
    if (self->config->to_stdout) return WEFT_OK; /* what was read cannot be taken back */
    weft_status status = weft_empty_columns_note(&self->record, self->seen, self->plan->layer_count, err);
    if (status != WEFT_OK) return status;
    return weft_run_record_checkpoint(&self->record, &self->outputs, rows_done, last, err);
}

static weft_status describe_outputs(run *self, weft_error *err) {
    weft_metadata metadata = {.plan = self->plan,
                              .outputs = &self->outputs,
                              .facts = &self->record.facts,
                              .rows = self->exported.rows,
                              .started_ms = self->record.facts.started_ms};
    weft_status status =
        self->config->to_stdout ? WEFT_OK : weft_metadata_file_write(&self->outputs.metadata, &metadata, err);
    const weft_table_writer *stats = self->outputs.stats;
    if (status != WEFT_OK || stats == NULL || self->options->summarised == NULL) return status;
    weft_text text = {0};
    status = weft_stats_describe(self->plan, weft_stats_writer_columns(stats), stats->rows, &text, err);
    if (status == WEFT_OK) self->options->summarised(self->options->summarised_payload, text.data);
    weft_text_dispose(&text);
    return status;
}

/* What only chunks needed, for what ends the outputs. Workers are idle. */
static void give_back(void *payload) {
    run *self = payload;
    free_materialised(self);
    weft_adaptive_size_leave(&self->window_size);
    atomic_fetch_add(&self->context.relief->scratch_calls, 1);
    for (int i = 0; i < self->plan->memory.threads; i++)
        weft_worker_relieve(&self->workers[i]);
    weft_block_cache_set_capacity(self->cache, 0);
    weft_block_cache_drop(self->cache, -1);
    (void)weft_ledger_purge(self->context.ledger, INT64_MAX);
}

/* What is only known when all was read, on the log and in the metadata, once: files with blocks that could not be read
 * or decoded, where these are missing, and columns without a value. */
static weft_status warn_at_end(run *self, weft_error *err) {
    int before = self->plan->warning_count;
    if (self->warned_at_end) return WEFT_OK;
    self->warned_at_end = true;
    bool earlier = self->options->resume && self->record.goes_on;
    weft_status status = weft_plan_warn_of_bad_blocks(self->plan, earlier, err);
    if (status == WEFT_OK) status = weft_empty_columns_warn(self->plan, self->seen, err);
    for (int i = before; i < self->plan->warning_count && status == WEFT_OK; i++)
        weft_log(WEFT_LOG_WARNING, "%s", self->plan->warnings[i]);
    return status;
}

static weft_status run_export(void *payload, weft_error *err) {
    run *self = payload;
    weft_merge_options merge = {
        .context = &self->context,
        .workers = self->workers,
        .layers = self->config->enable_streaming ? self->lazy : self->materialised,
        .layer_count = self->plan->layer_count,
        .cols = self->plan->grid.cols,
        .rows = self->plan->grid.rows,
        .first_row = weft_run_record_first_row(&self->record),
        .slot_bytes = self->plan->memory.chunk_bytes / 2,
        .seen = self->seen,
        .chunk_size = &self->chunk_size,
        .window_size = &self->window_size,
    };
    weft_status status = weft_merge_stage_new(&self->merge, &merge, err);
    if (status != WEFT_OK) return status;
    self->table = (weft_table_spec){.context = &self->context,
                                    .format = &self->format,
                                    .types = self->types,
                                    .names = self->names,
                                    .cols = self->plan->grid.cols,
                                    .rows = self->plan->grid.rows};
    /* Whole layers read no blocks any more. */
    if (!self->config->enable_streaming) weft_block_cache_drop(self->cache, -1);
    status = weft_table_outputs_start(&self->outputs, self->plan, &self->table, self->record.folder.path, err);
    if (status == WEFT_OK) status = weft_run_record_resume_writers(&self->record, &self->outputs, err);
    if (status != WEFT_OK) return status;
    self->export = (weft_export_options){.context = &self->context,
                                         .merge = self->merge,
                                         .writers = self->outputs.writers,
                                         .writer_count = self->outputs.writer_count,
                                         .cols = self->plan->grid.cols,
                                         .rows = self->plan->grid.rows,
                                         .checkpoint = {take_checkpoint, self},
                                         .chunks_done = give_back,
                                         .payload = self};
    status = weft_export_run(&self->export, &self->exported, err);
    /* Before anything is called whole: rows of files that were replaced meanwhile are no answer. */
    if (status == WEFT_OK) status = weft_plan_check_files(self->plan, err);
    if (status == WEFT_OK) status = warn_at_end(self, err);
    if (status == WEFT_OK) status = describe_outputs(self, err);
    if (status == WEFT_OK && !self->config->to_stdout)
        status = weft_run_record_whole(&self->record, &self->outputs, err);
    if (status == WEFT_OK) status = weft_table_outputs_commit(&self->outputs, err);
    return status;
}

static int64_t count_windows(const void *payload) {
    const run *self = payload;
    int64_t pulled = self->merge == NULL || !self->config->enable_streaming ? 0 : weft_merge_stage_windows(self->merge);
    return self->resampled.windows + pulled;
}

static int64_t count_chunks(const void *payload) {
    const run *self = payload;
    return self->merge == NULL ? 0 : weft_merge_stage_chunks(self->merge);
}

static int64_t count_lines(const void *payload) {
    return ((const run *)payload)->exported.rows;
}

static void record_stage(run *self, const weft_stage *stage, int64_t started_ms, double seconds, weft_status status) {
    weft_stage_memory memory = {0};
    weft_memory_monitor_stage_memory(self->watch.monitor, stage->id, &memory);
    weft_stage_record record = {
        .stage = stage->id,
        .started_ms = started_ms,
        .seconds = stage->run != NULL ? seconds : weft_activity_busy_seconds(&self->activity, stage->id),
        .items = stage->items(self),
        .average_bytes = memory.average_bytes,
        .peak_bytes = memory.peak_bytes,
        .status = status,
    };
    weft_metrics_store_stage(self->store, &record);
}

/* A run that was stopped while outputs got their names: those that have one may not have it on disk yet. */
static weft_status name_outputs(run *self, weft_error *err) {
    self->exported.rows = self->record.facts.outputs[0].rows;
    for (int i = 0; i < self->record.facts.output_count; i++)
        self->exported.bytes += self->record.facts.outputs[i].bytes;
    weft_status status = weft_table_outputs_commit(&self->outputs, err);
    return status == WEFT_OK ? weft_sync_folder(self->config->output_dir, err) : status;
}

static weft_status try_stages(run *self, weft_error *err) {
    if (weft_run_record_is_whole(&self->record)) return name_outputs(self, err);
    bool streaming = self->config->enable_streaming;
    const weft_stage stages[] = {
        {WEFT_STAGE_RESAMPLE, streaming ? NULL : run_resample, count_windows, self},
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
        if (status != WEFT_OK) weft_error_context(err, "stage=%s", weft_stage_name(stages[i].id));
        seconds[i] = (double)(weft_clock_monotonic_ns() - before_ns) / 1e9;
        weft_memory_monitor_sample_now(self->watch.monitor);
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

/* --- taking down --- */

static void dispose(run *self) {
    weft_work_pool_free(self->context.pool);
    weft_adaptive_size_dispose(&self->chunk_size);
    weft_adaptive_size_dispose(&self->window_size);
    weft_memory_watch_stop(&self->watch);
    for (int i = 0; self->lazy != NULL && i < self->plan->layer_count; i++)
        weft_layer_free(self->lazy[i]);
    if (self->workers != NULL) weft_workers_free(self->workers, self->plan->memory.threads);
    weft_metrics_store_close(self->store);
    weft_plan_free(self->plan);
    weft_block_cache_free(self->cache);
    weft_buffer_release(&self->x_texts);
    weft_ledger_free(self->context.ledger);
    free(self->lazy);
    free(self->materialised);
    free(self->names);
    free(self->types);
    free(self->seen);
    free(self->nodata_field);
}

static void fill_result(run *self) {
    weft_process_memory memory = {0};
    (void)weft_process_memory_read(&memory);
    weft_run_result *result = self->result;
    result->lines = self->exported.rows;
    result->kept_lines = self->kept_lines;
    result->bytes = self->exported.bytes;
    result->windows = count_windows(self);
    result->chunks = count_chunks(self);
    result->adaptations = atomic_load(&self->adaptations);
    if (self->plan != NULL) {
        result->read_retries = atomic_load(&self->plan->retries.retries);
        result->reads_recovered = atomic_load(&self->plan->retries.recovered);
        result->reads_lost = atomic_load(&self->plan->retries.lost);
    }
    result->restarts = atomic_load(&self->attempts.account.retries);
    memcpy(result->restart_reason, self->attempts.reason, sizeof result->restart_reason);
    result->layers_in_scratch = self->resampled.layers_in_scratch;
    result->seconds = (double)(weft_clock_monotonic_ns() - self->started_ns) / 1e9;
    result->peak_bytes = memory.peak_resident_bytes;
}

weft_status weft_run(const weft_config *config, const weft_run_options *options, weft_run_result *result,
                     weft_error *err) {
    run *self = calloc(1, sizeof *self);
    weft_error own = {0};
    *result = (weft_run_result){0};
    if (self == NULL) return no_memory(err);
    if (err == NULL) err = &own;
    *self = (run){.config = config,
                  .options = options,
                  .result = result,
                  .started_ns = weft_clock_monotonic_ns(),
                  .started_ms = weft_clock_wall_ms(),
                  .attempts.account.cancel = options->cancel,
                  .resume = options->resume};
    weft_status status = build(self, err);
    if (status == WEFT_OK && !result->was_finished) status = run_stages(self, err);
    fill_result(self);
    if (self->store != NULL) {
        weft_run_measures_record(self->store, self->plan, self->cache, &self->activity);
        weft_run_events_record(self->store, self->plan, result);
        weft_metrics_store_end(self->store, weft_clock_wall_ms(), status, result->lines, result->peak_bytes,
                               status == WEFT_OK ? NULL : err->message);
        result->lost_records = weft_metrics_store_lost(self->store);
    }
    end_attempt(self, status, err);
    result->can_go_on = self->could_go_on;
    dispose(self);
    free(self);
    return status;
}
