/* Sources, then the grid, then what ties each source to it, then the memory: each step needs the one before.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/plan.h"

#include "core/allocator.h"
#include "core/text.h"
#include "monitors/library_pages.h"
#include "monitors/memory_probe.h"
#include "monitors/process_limits.h"
#include "pipeline/block_sweep.h"
#include "pipeline/block_windows.h"
#include "pipeline/disk_check.h"
#include "pipeline/grid_plan.h"
#include "pipeline/patch_bytes.h"
#include "pipeline/peak_estimate.h"
#include "pipeline/plan_columns.h"
#include "pipeline/plan_inputs.h"
#include "pipeline/plan_outputs.h"
#include "pipeline/source_reach.h"
#include "raster/gdal_setup.h"
#include "stages/lazy_layer.h"
#include "stages/mosaic_layer.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the plan");
}

weft_status weft_plan_warn(weft_plan *plan, weft_error *err, const char *format, ...) {
    char message[WEFT_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char **more = realloc(plan->warnings, (size_t)(plan->warning_count + 1) * sizeof *more);
    if (more == NULL) return no_memory(err);
    plan->warnings = more;
    more[plan->warning_count] = weft_text_format("%s", message);
    if (more[plan->warning_count] == NULL) return no_memory(err);
    plan->warning_count++;
    return WEFT_OK;
}

void weft_plan_place_error(const weft_plan *plan, const weft_config_dataset *dataset, weft_place place,
                           weft_error *err) {
    weft_error_prefix(err, "%s:%d:%d: dataset %s: ", plan->config->file, place.line, place.column, dataset->name);
}

/* --- inputs --- */

static weft_status open_all(weft_plan *plan, weft_block_cache *cache, weft_error *err) {
    weft_status status = WEFT_OK;
    plan->dataset_count = plan->config->dataset_count;
    plan->datasets = calloc((size_t)plan->dataset_count, sizeof *plan->datasets);
    if (plan->datasets == NULL) return no_memory(err);
    for (int i = 0; i < plan->dataset_count; i++)
        plan->datasets[i].config = &plan->config->datasets[i];
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = weft_plan_inputs_open(plan, &plan->datasets[i], cache, err);
    return status;
}

static weft_status tie_all(weft_plan *plan, weft_error *err) {
    bool any = false;
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_status status = weft_plan_inputs_tie(plan, &plan->datasets[i], err);
        if (status != WEFT_OK) return status;
        any = any || plan->datasets[i].on_grid;
    }
    if (any) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: no dataset touches the grid", plan->config->file);
    weft_error_hint(err, "weft plan prints the grid's bounds; grid.extent: union covers all datasets");
    return WEFT_ERR_DATA;
}

/* --- layers --- */

static const weft_kernel kernels[] = {
    [WEFT_METHOD_NEAREST] = WEFT_KERNEL_NEAREST, [WEFT_METHOD_BILINEAR] = WEFT_KERNEL_BILINEAR,
    [WEFT_METHOD_CUBIC] = WEFT_KERNEL_CUBIC,     [WEFT_METHOD_CUBICSPLINE] = WEFT_KERNEL_CUBICSPLINE,
    [WEFT_METHOD_LANCZOS] = WEFT_KERNEL_LANCZOS, [WEFT_METHOD_AVERAGE] = WEFT_KERNEL_AVERAGE,
    [WEFT_METHOD_SUM] = WEFT_KERNEL_SUM,         [WEFT_METHOD_RMS] = WEFT_KERNEL_RMS,
    [WEFT_METHOD_MODE] = WEFT_KERNEL_MODE,       [WEFT_METHOD_MIN] = WEFT_KERNEL_MIN,
    [WEFT_METHOD_MAX] = WEFT_KERNEL_MAX,         [WEFT_METHOD_MED] = WEFT_KERNEL_MED,
    [WEFT_METHOD_Q1] = WEFT_KERNEL_Q1,           [WEFT_METHOD_Q3] = WEFT_KERNEL_Q3,
};

static weft_resampler make_resampler(const weft_plan_dataset *dataset, const weft_plan_input *input, int which) {
    const weft_source_info *info = weft_source_describe(input->source);
    const weft_band_info *band = &info->bands[which];
    bool unscaled = dataset->config->unscale && (band->scale != 1 || band->offset != 0);
    weft_kernel kernel = kernels[dataset->config->method];
    return (weft_resampler){.kernel = kernel,
                            .source_type = band->type,
                            .type = weft_resampler_result_type(kernel, band->type, unscaled),
                            .scale_x = input->scale[0],
                            .scale_y = input->scale[1],
                            .value_scale = unscaled ? band->scale : 1,
                            .value_offset = unscaled ? band->offset : 0,
                            .source_cols = info->cols,
                            .source_rows = info->rows,
                            .wrap_cols = info->wraps ? info->wrap_cols : 0,
                            .mirrored = weft_projector_is_mirrored(input->projector)};
}

/* One type for the column: that of all inputs, which the mean of integers is not. */
static weft_status make_resamplers(const weft_plan_dataset *dataset, weft_plan_layer *layer, weft_error *err) {
    layer->resamplers = calloc((size_t)dataset->input_count, sizeof *layer->resamplers);
    if (layer->resamplers == NULL) return no_memory(err);
    for (int i = 0; i < dataset->input_count; i++) {
        layer->resamplers[i] = make_resampler(dataset, &dataset->inputs[i], layer->which);
        weft_data_type type = layer->resamplers[i].type;
        layer->type = i == 0 ? type : weft_data_type_union(layer->type, type);
    }
    if (dataset->input_count > 1 && dataset->overlap == WEFT_OVERLAP_MEAN)
        layer->type = weft_data_type_union(layer->type, WEFT_FLOAT32);
    return WEFT_OK;
}

/* A skipped dataset has the columns that its configuration lets expect, all missing. */
static weft_status describe_skipped(const weft_plan_dataset *dataset, weft_plan_layer *layer, weft_error *err) {
    layer->resamplers = calloc(1, sizeof *layer->resamplers);
    if (layer->resamplers == NULL) return no_memory(err);
    layer->type = WEFT_FLOAT32;
    layer->resamplers[0] = (weft_resampler){.kernel = kernels[dataset->config->method],
                                            .source_type = WEFT_FLOAT32,
                                            .type = WEFT_FLOAT32,
                                            .scale_x = 1,
                                            .scale_y = 1,
                                            .value_scale = 1};
    return WEFT_OK;
}

static weft_status describe_layer(weft_plan *plan, int index, int column, weft_plan_layer *layer, weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[index];
    weft_status status;
    layer->dataset = index;
    if (dataset->input_count > 0) {
        const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
        status = weft_plan_column_band(plan, dataset, column, &layer->which, err);
        if (status != WEFT_OK) return status;
        layer->info = &info->bands[layer->which];
        layer->band = layer->info->number;
        status = make_resamplers(dataset, layer, err);
    } else {
        layer->band = dataset->config->band_count > 0 ? dataset->config->bands[column] : column + 1;
        status = describe_skipped(dataset, layer, err);
    }
    if (status != WEFT_OK) return status;
    layer->column = weft_plan_column_name(dataset, column, layer->info, layer->band);
    return layer->column == NULL ? no_memory(err) : WEFT_OK;
}

static weft_status make_layers(weft_plan *plan, weft_error *err) {
    int total = 0;
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_status status = weft_plan_columns_check(plan, &plan->datasets[i], err);
        if (status != WEFT_OK) return status;
        total += weft_plan_columns_of(&plan->datasets[i]);
    }
    plan->layers = calloc((size_t)total, sizeof *plan->layers);
    if (plan->layers == NULL) return no_memory(err);
    for (int i = 0; i < plan->dataset_count; i++) {
        for (int column = 0; column < weft_plan_columns_of(&plan->datasets[i]); column++) {
            weft_status status = describe_layer(plan, i, column, &plan->layers[plan->layer_count++], err);
            if (status != WEFT_OK) return status;
        }
    }
    return weft_plan_columns_unique(plan, err);
}

/* --- memory --- */

#define MOSAIC_HANDLES 64          /* of all mosaics, idle: more are not worth their memory */
#define OPEN_HANDLES   64          /* that stay open while the run is planned (handle_limit.h) */
#define SMALL_SOURCE   65536       /* pixels: decoded before a second worker asks */
#define HANDLE_BYTES   (40 * 1024) /* of an open file that has decoded nothing; measured for GeoTIFF: 33 KiB */

/* What of a source is worth keeping: all of it when it is small, else a good part, and two rows of blocks at least. Of
 * a tile service, it may be more bytes than 63 bits count. */
static double useful_cache_bytes(const weft_source_info *info) {
    const int64_t page = weft_page_bytes(), good_part = INT64_C(64) << 20;
    int64_t pixels = info->block_cols * info->block_rows;
    double across = ceil((double)info->cols / (double)info->block_cols), row_of_blocks = 0;
    double down = ceil((double)info->rows / (double)info->block_rows);
    for (int i = 0; i < info->band_count; i++) {
        int64_t bytes = pixels * ((int64_t)weft_data_type_size(info->bands[i].type) + 1);
        row_of_blocks += across * (double)((bytes + page - 1) / page * page);
    }
    return fmin(down * row_of_blocks, fmax(2 * row_of_blocks, (double)good_part));
}

static int64_t largest_block_bytes(const weft_source_info *info) {
    int64_t widest = 0;
    for (int i = 0; i < info->band_count; i++)
        if ((int64_t)weft_data_type_size(info->bands[i].type) > widest)
            widest = (int64_t)weft_data_type_size(info->bands[i].type);
    return info->block_cols * info->block_rows * (widest + 1);
}

/* Handles of many sources were closed while the run was planned; most of their heap is used again. One block is decoded
 * by one worker, and the others wait for it. */
static void add_handle_needs(const weft_source_info *info, double blocks, weft_memory_needs *needs) {
    int64_t handle = HANDLE_BYTES + info->codec.handle_bytes;
    needs->open_bytes += needs->sources < OPEN_HANDLES ? HANDLE_BYTES : HANDLE_BYTES * 3 / 4;
    needs->sources++;
    needs->handle_bytes += handle;
    if (info->pixel_interleaved && info->band_count > 1) {
        double all = (double)info->cols * (double)info->rows * info->band_count *
                     (double)weft_data_type_size(info->bands[0].type);
        needs->gdal_cache += (int64_t)fmin(all, (double)(WEFT_RASTER_GDAL_CACHE - needs->gdal_cache));
    }
    if (info->cols * info->rows <= SMALL_SOURCE || blocks <= 1) return;
    needs->shared_bytes += handle;
    needs->shared_pool_files += info->codec.pool_files;
}

/* What the block cache is asked to hold of one input, and what its handles take. */
static weft_status add_input_needs(const weft_plan *plan, const weft_plan_input *input, bool one_of_many,
                                   weft_memory_needs *needs, weft_error *err) {
    const weft_source_info *info = weft_source_describe(input->source);
    int64_t block = largest_block_bytes(info);
    weft_block_sweep sweep;
    weft_reached_blocks blocks;
    needs->codec_bytes = weft_larger(needs->codec_bytes, info->codec.handle_bytes);
    needs->pool_files += info->codec.pool_files;
    needs->pool_file_bytes = weft_larger(needs->pool_file_bytes, info->codec.pool_file_bytes);
    needs->transforms += weft_projector_has_transforms(input->projector);
    if (block > needs->largest_block) needs->largest_block = block;
    weft_status status =
        weft_source_reach_blocks(&blocks, &plan->grid, input->source, input->projector, input->scale, err);
    if (status != WEFT_OK) return status;
    if (!one_of_many) add_handle_needs(info, blocks.count, needs);
    needs->touched_bytes += (int64_t)fmin(blocks.most_bytes, 1e15);
    needs->useful_cache += (int64_t)fmin(fmin(useful_cache_bytes(info), blocks.usually_bytes), 1e15);
    status = weft_block_sweep_measure(&sweep, &plan->grid, input->source, input->projector, input->scale[1], err);
    needs->sweep_line += sweep.line_bytes;
    needs->sweep_row += sweep.row_bytes;
    return status;
}

static void add_band_needs(const weft_plan_input *input, const weft_resampler *resampler, weft_memory_needs *needs) {
    weft_lattice_cost cost = weft_lazy_layer_band_cost(&input->lattice, resampler->kernel, WEFT_LATTICE_CELL, true);
    if (cost.column_bytes > needs->band_column) needs->band_column = cost.column_bytes;
    if (cost.fixed_bytes > needs->band_fixed) needs->band_fixed = cost.fixed_bytes;
}

static weft_status gather_needs(const weft_plan *plan, weft_memory_needs *needs, weft_error *err) {
    *needs = (weft_memory_needs){.cols = plan->grid.cols, .rows = plan->grid.rows, .columns = plan->layer_count};
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        needs->cell_bytes += (int64_t)weft_data_type_cell_bytes(layer->type);
        for (int j = 0; j < (dataset->input_count > 0 ? dataset->input_count : 1); j++) {
            int64_t patch = weft_patch_cell_bytes(&layer->resamplers[j]);
            if (patch > needs->smallest_patch) needs->smallest_patch = patch;
            if (j < dataset->input_count) add_band_needs(&dataset->inputs[j], &layer->resamplers[j], needs);
        }
    }
    for (int i = 0; i < plan->dataset_count; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[i];
        if (dataset->mosaic != NULL) needs->mosaic_handles = MOSAIC_HANDLES;
        if (dataset->input_count > 1) needs->window_scratch = WEFT_MOSAIC_LAYER_BYTES;
        for (int j = 0; j < dataset->input_count && status == WEFT_OK; j++)
            status = add_input_needs(plan, &dataset->inputs[j], dataset->mosaic != NULL, needs, err);
    }
    /* A block that is being decoded has room for a mask. */
    needs->useful_cache += 2 * needs->largest_block;
    needs->datasets = plan->dataset_count;
    return status;
}

/* Names the file whose blocks are most of what is too much. */
static void blame_blocks(const weft_plan *plan, weft_error *err) {
    const weft_source_info *worst = NULL;
    int64_t most = 16 << 20;
    char size[WEFT_SIZE_TEXT_BYTES];
    for (int i = 0; i < plan->dataset_count; i++) {
        for (int j = 0; j < plan->datasets[i].input_count; j++) {
            const weft_source_info *info = weft_source_describe(plan->datasets[i].inputs[j].source);
            int64_t bytes = info->codec.handle_bytes + info->codec.pool_file_bytes + largest_block_bytes(info);
            if (bytes <= most) continue;
            most = bytes;
            worst = info;
        }
    }
    if (worst == NULL) return;
    weft_text_size(most, size);
    weft_error_hint(err,
                    "%s to decode one block of %lld x %lld pixels; gdal_translate -co TILED=YES -co COMPRESS=DEFLATE "
                    "%s out.tif makes them small",
                    size, (long long)worst->block_cols, (long long)worst->block_rows, worst->path);
}

/* As many of the threads as the limit carries. */
static weft_status share_memory(weft_plan *plan, int threads, weft_error *err) {
    weft_memory_needs needs;
    char limit[WEFT_SIZE_TEXT_BYTES];
    weft_process_memory now = {0};
    weft_status status = gather_needs(plan, &needs, err);
    if (status != WEFT_OK) return status;
    needs.threads = threads;
    (void)weft_process_memory_read(&now);
    needs.started_bytes = now.peak_resident_bytes;
    /* What is resident from here on is what the run will have beside the ledger. No other thread runs yet. */
    weft_library_pages_drop("");
    weft_allocator_trim();
    int64_t file_bytes = now.file_bytes;
    (void)weft_process_memory_read(&now);
    needs.library_bytes = file_bytes > now.file_bytes ? file_bytes - now.file_bytes : 0;
    weft_memory_needs tried;
    do {
        tried = needs;
        status = weft_plan_outputs_need(plan, &tried, err);
        if (status != WEFT_OK) return status;
        status = weft_memory_plan_make(&plan->memory, plan->config, &tried, err);
    } while (status == WEFT_ERR_MEMORY && --needs.threads > 0);
    if (status == WEFT_ERR_MEMORY) blame_blocks(plan, err);
    if (status == WEFT_OK) weft_block_windows_plan(plan);
    if (status == WEFT_OK) status = weft_peak_estimate(plan, &tried, err);
    if (status != WEFT_OK || needs.threads == threads) return status;
    weft_text_size(plan->memory.limit_bytes, limit);
    return weft_plan_warn(plan, err, "%d of %d threads: memory.limit of %s does not carry more", needs.threads, threads,
                          limit);
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
                          weft_error *err) {
    weft_plan *plan = calloc(1, sizeof *plan);
    *out = NULL;
    if (plan == NULL) return no_memory(err);
    plan->config = config;
    weft_status status = open_all(plan, cache, err);
    if (status == WEFT_OK) status = weft_grid_plan(&plan->grid, config, plan->datasets, err);
    if (status == WEFT_OK) status = tie_all(plan, err);
    if (status == WEFT_OK) status = make_layers(plan, err);
    if (status == WEFT_OK) status = share_memory(plan, threads, err);
    if (status == WEFT_OK) status = warn_of_limits(plan, err);
    if (status == WEFT_OK) status = weft_plan_outputs_name(plan, err);
    if (status == WEFT_OK) status = weft_disk_check_warn(plan, err);
    if (status != WEFT_OK) {
        weft_plan_free(plan);
        return status;
    }
    *out = plan;
    return WEFT_OK;
}

void weft_plan_free(weft_plan *plan) {
    if (plan == NULL) return;
    for (int i = 0; i < plan->dataset_count && plan->datasets != NULL; i++) {
        weft_plan_inputs_close(&plan->datasets[i]);
        free(plan->datasets[i].skipped);
    }
    for (int i = 0; i < plan->layer_count; i++) {
        free(plan->layers[i].column);
        free(plan->layers[i].resamplers);
    }
    for (int i = 0; i < plan->warning_count; i++)
        free(plan->warnings[i]);
    weft_grid_dispose(&plan->grid);
    weft_handle_limit_free(plan->handles);
    free(plan->datasets);
    free(plan->layers);
    free(plan->warnings);
    for (int i = 0; i < plan->output_count; i++)
        free(plan->outputs[i].path);
    free(plan);
}
