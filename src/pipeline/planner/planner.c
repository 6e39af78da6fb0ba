/* Sources, then the grid, then what ties each source to it, then the memory: each step needs the one before.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/planner/planner.h"

#include "core/memory/allocator.h"
#include "core/text.h"
#include "monitors/library_pages.h"
#include "monitors/process_limits.h"
#include "monitors/process_memory.h"
#include "pipeline/columns/derived_columns.h"
#include "pipeline/columns/plan_columns.h"
#include "pipeline/columns/table_layout.h"
#include "pipeline/columns/table_partition.h"
#include "pipeline/datasets/dataset_groups.h"
#include "pipeline/formats/formats.h"
#include "pipeline/memory/block_windows.h"
#include "pipeline/memory/enough_memory.h"
#include "pipeline/memory/memory_plan.h"
#include "pipeline/memory/source_needs.h"
#include "pipeline/memory/unmanaged_memory.h"
#include "pipeline/outputs/disk_check.h"
#include "pipeline/outputs/output_names.h"
#include "pipeline/outputs/plan_outputs.h"
#include "pipeline/plan/plan_transforms.h"
#include "pipeline/planner/grid_plan.h"
#include "pipeline/planner/join_warnings.h"
#include "pipeline/planner/mask_rules.h"
#include "pipeline/planner/plan_inputs.h"
#include "pipeline/planner/plan_warnings.h"
#include "pipeline/planner/row_plan.h"
#include "pipeline/planner/shard_rows.h"
#include "pipeline/rows/file_rows.h"
#include "pipeline/rows/row_grid.h"
#include "processors/resample/pixel_class.h"
#include "raster/blocks/handle_limit.h"
#include "raster/crs/outline.h"
#include "raster/gdal/gdal_setup.h"
#include "stages/merge_stage.h"
#include "stages/resample_stage.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- inputs --- */

static weft_status open_all(weft_plan *plan, weft_block_cache *cache, weft_error *err) {
    weft_status status = weft_plan_datasets_find(plan, err);
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++) {
        status = weft_cancel_check(plan->retries.cancel, err);
        if (status == WEFT_OK) status = weft_plan_inputs_open(plan, &plan->datasets[i], cache, err);
    }
    return status == WEFT_OK ? weft_plan_masks_report(plan, err) : status;
}

/* Where rows are a file's features they say what the grid covers. */
static weft_status plan_grid(weft_plan *plan, weft_error *err) {
    if (plan->rows.file != NULL) return weft_row_grid_plan(plan, err);
    weft_status status = weft_grid_plan(&plan->grid, plan, err);
    plan->table_cols = plan->grid.cols;
    plan->table_rows = plan->grid.rows;
    return status == WEFT_OK ? weft_plan_warn_of_grid(plan, err) : status;
}

/* Which places are on the map is asked of the grid's projection where positions come through it. */
static weft_status find_outline(weft_plan *plan, weft_error *err) {
    if (!weft_plan_has_other_crs(plan, plan->grid.crs)) return WEFT_OK;
    return weft_outline_new(&plan->grid.outline, &plan->grid, err);
}

/* The reason of the last one stands for all: warnings are told with a plan, and there will be none. */
static weft_status all_are_skipped(const weft_plan *plan, weft_error *err) {
    const weft_plan_dataset *last = &plan->datasets[plan->dataset_count - 1];
    weft_error_set(err, WEFT_ERR_DATA, "%s: every dataset is skipped; %s: %s", plan->config->file, last->config->name,
                   last->skipped);
    weft_error_hint(err, "datasets[].on_error: fail ends at the first and names its line");
    return WEFT_ERR_DATA;
}

static weft_status tie_all(weft_plan *plan, weft_error *err) {
    bool any = false, left = false;
    weft_status status = find_outline(plan, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < plan->dataset_count; i++) {
        status = weft_plan_inputs_tie(plan, &plan->datasets[i], err);
        if (status != WEFT_OK) return status;
        any = any || plan->datasets[i].on_grid;
        left = left || plan->datasets[i].skipped == NULL;
    }
    if (any) return WEFT_OK;
    if (!left) return all_are_skipped(plan, err);
    weft_bounds b = weft_grid_bounds(&plan->grid);
    if (plan->rows.file != NULL) {
        b = plan->rows.file->bounds;
        weft_error_set(err, WEFT_ERR_DATA, "no dataset lies where the rows are: %.10g, %.10g, %.10g, %.10g in %s",
                       b.xmin, b.ymin, b.xmax, b.ymax, weft_crs_name(plan->rows.file->crs));
        weft_error_hint(err, "xmin, ymin, xmax, ymax; is it their CRS, and is x the longitude and y the latitude?");
        weft_file_rows_place_error(plan, err);
        return WEFT_ERR_DATA;
    }
    weft_error_set(err, WEFT_ERR_DATA, "%s: no dataset touches the grid, which is %.10g, %.10g, %.10g, %.10g in %s",
                   plan->config->file, b.xmin, b.ymin, b.xmax, b.ymax, weft_crs_name(plan->grid.crs));
    weft_error_hint(err, "bounds are xmin, ymin, xmax, ymax in the grid's CRS; grid.extent: union covers all datasets");
    return WEFT_ERR_DATA;
}

/* --- layers --- */

static weft_value_range class_of(const weft_plan_layer *layer, const weft_band_info *band, bool unscaled) {
    const weft_config_class *class = layer->method.class;
    if (class == NULL) return (weft_value_range){0};
    return weft_pixel_class(band->type, unscaled ? band->scale : 1, unscaled ? band->offset : 0, class->value);
}

static weft_resampler make_resampler(const weft_plan *plan, const weft_plan_dataset *dataset,
                                     const weft_plan_input *input, const weft_plan_layer *layer) {
    const weft_source_info *info = weft_source_describe(input->source);
    const weft_band_info *band = &info->bands[layer->which];
    bool unscaled = dataset->config->unscale && (band->scale != 1 || band->offset != 0);
    const weft_method *method = layer->method.method;
    /* A point is no cell. */
    bool scaled = plan->rows.file == NULL || plan->rows.file->half[0] > 0;
    return (weft_resampler){.method = method,
                            .source_type = band->type,
                            .type = weft_resampler_result_type(method, band->type, unscaled),
                            .scale_x = scaled ? input->scale[0] : 1,
                            .scale_y = scaled ? input->scale[1] : 1,
                            .value_scale = unscaled ? band->scale : 1,
                            .value_offset = unscaled ? band->offset : 0,
                            .argument = layer->method.argument,
                            .class = class_of(layer, band, unscaled),
                            .min_coverage = dataset->config->min_coverage,
                            .source_cols = info->cols,
                            .source_rows = info->rows,
                            .wrap_cols = info->wraps ? info->wrap_cols : 0,
                            .mirrored = weft_projector_is_mirrored(input->projector),
                            .runs_on = weft_crs_pair_has_edge(weft_projector_pair(input->projector))};
}

/* One type for the column: that of all inputs, which the mean of integers is not. */
static weft_status make_resamplers(const weft_plan *plan, const weft_plan_dataset *dataset, weft_plan_layer *layer,
                                   weft_error *err) {
    layer->resamplers = calloc((size_t)dataset->input_count, sizeof *layer->resamplers);
    if (layer->resamplers == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < dataset->input_count; i++) {
        layer->resamplers[i] = make_resampler(plan, dataset, &dataset->inputs[i], layer);
        weft_data_type type = layer->resamplers[i].type;
        layer->type = i == 0 ? type : weft_data_type_union(layer->type, type);
    }
    if (dataset->input_count > 1 && dataset->overlap == WEFT_OVERLAP_MEAN)
        layer->type = weft_data_type_union(layer->type, WEFT_FLOAT32);
    return WEFT_OK;
}

/* A skipped dataset has the columns that its configuration lets expect, all missing. */
static weft_status describe_skipped(weft_plan_layer *layer, weft_error *err) {
    layer->resamplers = calloc(1, sizeof *layer->resamplers);
    if (layer->resamplers == NULL) return weft_error_no_memory(err, "the plan");
    layer->type = WEFT_FLOAT32;
    layer->resamplers[0] = (weft_resampler){.method = layer->method.method,
                                            .source_type = WEFT_FLOAT32,
                                            .type = WEFT_FLOAT32,
                                            .scale_x = 1,
                                            .scale_y = 1,
                                            .value_scale = 1};
    return WEFT_OK;
}

/* A column that comes from no raster. */
static weft_status describe_made(const weft_plan_dataset *dataset, int column, weft_plan_layer *layer,
                                 weft_error *err) {
    weft_status status = describe_skipped(layer, err);
    layer->which = column;
    layer->type = dataset->made->types[column];
    return status;
}

static weft_status describe_layer(weft_plan *plan, int index, int number, weft_plan_layer *layer, weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[index];
    int methods = weft_plan_methods_of(dataset), column = number / methods;
    weft_status status;
    layer->dataset = index;
    layer->method = weft_plan_method_at(dataset, number % methods);
    if (dataset->made != NULL) {
        status = describe_made(dataset, column, layer, err);
    } else if (dataset->input_count > 0) {
        const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
        status = weft_plan_column_band(plan, dataset, column, &layer->which, err);
        if (status != WEFT_OK) return status;
        layer->info = &info->bands[layer->which];
        layer->band = layer->info->number;
        status = make_resamplers(plan, dataset, layer, err);
    } else {
        layer->band = dataset->config->band_count > 0 ? dataset->config->bands[column] : column + 1;
        status = describe_skipped(layer, err);
    }
    if (status != WEFT_OK) return status;
    layer->has_date = dataset->has_date || (layer->info != NULL && layer->info->has_date);
    layer->date = dataset->has_date || layer->info == NULL ? dataset->date : layer->info->date;
    layer->column = weft_plan_column_name(dataset, column, layer, false);
    layer->variable = weft_plan_column_name(dataset, column, layer, true);
    return layer->column == NULL || layer->variable == NULL ? weft_error_no_memory(err, "the plan") : WEFT_OK;
}

static weft_status make_layers(weft_plan *plan, weft_error *err) {
    int total = 0;
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_status status = weft_plan_columns_check(plan, &plan->datasets[i], err);
        if (status != WEFT_OK) return status;
        total += weft_plan_bands_of(&plan->datasets[i]) * weft_plan_methods_of(&plan->datasets[i]);
    }
    plan->layers = calloc((size_t)total, sizeof *plan->layers);
    if (plan->layers == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < plan->dataset_count; i++) {
        int count = weft_plan_bands_of(&plan->datasets[i]) * weft_plan_methods_of(&plan->datasets[i]);
        for (int number = 0; number < count; number++) {
            weft_status status = describe_layer(plan, i, number, &plan->layers[plan->layer_count++], err);
            plan->layer_total = plan->layer_count;
            if (status != WEFT_OK) return status;
        }
    }
    return weft_plan_columns_unique(plan, err);
}

/* --- memory --- */

#define READING_NOISE (256 * 1024) /* of resident memory, from process to process; measured: 0.12 MiB */

/* Names the file whose blocks are most of what is too much. */
static void blame_blocks(const weft_plan *plan, weft_error *err) {
    const weft_source_info *worst = NULL;
    int64_t max = 16 << 20;
    char size[WEFT_SIZE_TEXT_BYTES];
    for (int i = 0; i < plan->dataset_count; i++) {
        for (int j = 0; j < plan->datasets[i].input_count; j++) {
            const weft_source_info *info = weft_source_describe(plan->datasets[i].inputs[j].source);
            int64_t bytes = info->codec.bytes + weft_block_bytes_largest(info);
            if (bytes <= max) continue;
            max = bytes;
            worst = info;
        }
    }
    if (worst == NULL) return;
    weft_text_size(max, size);
    weft_error_hint(err,
                    "%s to decode one block of %lld x %lld pixels; gdal_translate -co TILED=YES -co COMPRESS=DEFLATE "
                    "%s out.tif makes them small",
                    size, (long long)worst->block_cols, (long long)worst->block_rows, worst->path);
}

/* As many of the threads of `needs` as the limit carries: so many are left in it. */
static weft_status share_memory(weft_plan *plan, weft_memory_needs *needs, weft_error *err) {
    weft_reserve outputs;
    weft_status status;
    do {
        status = weft_plan_outputs_reserve(&outputs, NULL, plan, needs->threads, needs->library_bytes, err);
        if (status != WEFT_OK) return status;
        needs->outputs = outputs;
        status = weft_memory_plan_make(&plan->memory, plan->config, needs, err);
    } while (status == WEFT_ERR_MEMORY && --needs->threads > 0);
    if (status == WEFT_ERR_MEMORY) blame_blocks(plan, err);
    return status;
}

/* The run reads its resident memory anew, and a little more or less of it may decide otherwise. The estimate is that of
 * the costlier plan. */
static void estimate_peak(weft_plan *plan, const weft_memory_needs *needs) {
    weft_memory_plan made = plan->memory;
    for (int side = -1; side <= 1; side += 2) {
        weft_memory_needs other = *needs;
        other.resident_bytes += side * READING_NOISE;
        if (share_memory(plan, &other, NULL) == WEFT_OK)
            made.peak_bytes = weft_larger(made.peak_bytes, plan->memory.peak_bytes);
    }
    plan->memory = made;
}

/* The least limit is that of one thread: where memory is short, fewer work. */
static void find_min_limit(weft_plan *plan, const weft_memory_needs *needs) {
    weft_memory_plan made = plan->memory;
    weft_memory_needs one = *needs;
    one.threads = 1;
    if (share_memory(plan, &one, NULL) == WEFT_OK)
        made.min_limit_bytes = weft_smaller(made.min_limit_bytes, plan->memory.min_limit_bytes);
    plan->memory = made;
}

/* For the verdict at the end. All threads of `needs` are desired. */
static weft_status find_enough(weft_plan *plan, weft_memory_needs *needs, weft_error *err) {
    weft_status status =
        weft_plan_outputs_reserve(&needs->outputs, NULL, plan, needs->threads, needs->library_bytes, err);
    if (status != WEFT_OK) return status;
    plan->memory.enough_limit_bytes = weft_enough_memory(plan->config, needs);
    plan->memory.touched_bytes = needs->touched_bytes;
    return WEFT_OK;
}

/* Adds to a refusal what would be enough: with the least limit alone, blocks may be decoded again and again. Of a small
 * run that is no more than the least, which has a MiB to spare where what is enough is the very limit. */
static void hint_at_enough(weft_plan *plan, weft_memory_needs *needs, weft_error *err) {
    char hint[WEFT_ERROR_HINT_BYTES];
    if (err == NULL || find_enough(plan, needs, NULL) != WEFT_OK || plan->memory.enough_limit_bytes == 0) return;
    int64_t enough = weft_larger(plan->memory.enough_limit_bytes, plan->memory.min_limit_bytes);
    memcpy(hint, err->hint, sizeof hint);
    weft_error_hint(err, "%s; with %lld MiB it would lose no time to memory", hint, (long long)(enough >> 20));
}

/* Pages of libraries that the last drop took. Where the process has made a plan before, an earlier drop took more: a
 * run of its own would touch those again. One thread plans. */
static int64_t count_dropped(int64_t dropped) {
    static int64_t max;
    if (dropped > max) max = dropped;
    return max;
}

static weft_status plan_memory(weft_plan *plan, int threads, weft_error *err) {
    weft_memory_needs needs;
    char limit[WEFT_SIZE_TEXT_BYTES];
    weft_process_memory now = {0};
    weft_status status = weft_memory_needs_gather(&needs, plan, err);
    if (status != WEFT_OK) return status;
    if (plan->rows.file != NULL) weft_file_rows_need(&needs, plan);
    needs.threads = threads;
    (void)weft_process_memory_read(&now);
    needs.started_bytes = now.peak_resident_bytes;
    /* What is resident from here on is what the run will have beside the ledger. No other thread runs yet. */
    weft_library_pages_drop("");
    weft_allocator_trim();
    int64_t file_bytes = now.file_bytes;
    (void)weft_process_memory_read(&now);
    needs.library_bytes = count_dropped(file_bytes - now.file_bytes);
    needs.resident_bytes = now.resident_bytes + plan->rows.draw_bytes;
    needs.x_texts = weft_plan_outputs_text(plan);
    weft_memory_needs carried = needs;
    status = share_memory(plan, &carried, err);
    /* The limit carries no thread; other errors for want of memory are the system's. */
    if (status == WEFT_ERR_MEMORY && carried.threads == 0) hint_at_enough(plan, &needs, err);
    if (status != WEFT_OK) return status;
    weft_raster_set_cache(weft_gdal_cache_bytes(needs.gdal_cache_max, carried.threads));
    estimate_peak(plan, &needs);
    find_min_limit(plan, &needs);
    status = find_enough(plan, &needs, err);
    if (status != WEFT_OK) return status;
    weft_block_windows_plan(plan);
    if (carried.threads == threads) return WEFT_OK;
    weft_text_size(plan->memory.limit_bytes, limit);
    return weft_plan_warn(plan, err, "%d of %d threads: memory.limit of %s has no room for more", carried.threads,
                          threads, limit);
}

/* What the process may map at all is not ours to raise: the plan stands, and says that it may not come to its end. */
static weft_status warn_of_limits(weft_plan *plan, weft_error *err) {
    char limit[WEFT_SIZE_TEXT_BYTES], left[WEFT_SIZE_TEXT_BYTES];
    weft_process_limit own;
    weft_process_limit_read("", &own);
    if (own.bytes == 0 || own.bytes >= plan->memory.limit_bytes) return WEFT_OK;
    weft_text_size(plan->memory.limit_bytes, limit);
    weft_text_size(own.bytes, left);
    return weft_plan_warn(plan, err, "memory.limit: %s, but %s leaves this process %s", limit, own.name, left);
}

weft_status weft_plan_new(weft_plan **out, const weft_config *config, weft_block_cache *cache, int threads,
                          const weft_cancel *cancel, weft_error *err) {
    weft_plan *plan = calloc(1, sizeof *plan);
    *out = NULL;
    if (plan == NULL) return weft_error_no_memory(err, "the plan");
    plan->config = config;
    plan->retries.cancel = cancel;
    weft_status status = open_all(plan, cache, err);
    if (status == WEFT_OK) status = weft_file_rows_look(plan, err);
    if (status == WEFT_OK) status = plan_grid(plan, err);
    if (status == WEFT_OK) status = weft_plan_warn_of_sources(plan, err);
    if (status == WEFT_OK) status = tie_all(plan, err);
    if (status == WEFT_OK) status = weft_plan_transforms_find(plan, err);
    if (status == WEFT_OK) status = weft_row_plan_make(plan, err);
    if (status == WEFT_OK) status = make_layers(plan, err);
    if (status == WEFT_OK && plan->rows.file != NULL) status = plan->rows.file->source->check(plan, err);
    if (status == WEFT_OK) status = weft_plan_derive_columns(plan, err);
    if (status == WEFT_OK) status = weft_table_layout_make(plan, err);
    if (status == WEFT_OK) status = weft_table_partition_make(plan, err);
    if (status == WEFT_OK) status = weft_plan_warn_of_classes(plan, err);
    if (status == WEFT_OK) status = weft_plan_warn_of_seams(plan, err);
    if (status == WEFT_OK) status = weft_plan_warn_of_cuts(plan, err);
    if (status == WEFT_OK) status = weft_plan_warn_of_joins(plan, err);
    if (status == WEFT_OK) status = weft_shard_rows_find(plan, err);
    if (status == WEFT_OK) status = weft_plan_outputs_choose(plan, err);
    if (status == WEFT_OK) status = plan_memory(plan, threads, err);
    if (status == WEFT_OK) status = warn_of_limits(plan, err);
    if (status == WEFT_OK) status = weft_plan_outputs_warn(plan, err);
    if (status == WEFT_OK) status = weft_output_names_check(plan, err);
    if (status == WEFT_OK) status = weft_disk_check_warn(plan, err);
    for (int i = 0; i < plan->pair_count; i++)
        weft_crs_pair_end_planning(plan->pairs[i]);
    if (status != WEFT_OK) {
        weft_plan_free(plan);
        return status;
    }
    plan->planned_warnings = plan->warning_count;
    *out = plan;
    return WEFT_OK;
}
