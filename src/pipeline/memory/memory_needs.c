/* SPDX-License-Identifier: MIT
 *
 * Sums over the inputs, and the largest of what only one can have at a time. */
#include "pipeline/memory/memory_needs.h"

#include "core/memory/buffer.h"
#include "pipeline/memory/source_needs.h"
#include "processors/lattice/lattice_positions.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"
#include "raster/gdal/read_ahead.h"
#include "stages/layers/lazy_layer.h"
#include "stages/layers/mosaic_layer.h"

#include <math.h>

#define MOSAIC_HANDLES  64    /* of all mosaics, idle: more are not worth their memory */
#define MOSAIC_DECODERS 16    /* of its files that have decoded and stay open */
#define BAND_POINTS     5     /* along a side of a band of a window */
#define WINDOWS         3     /* along a side of the grid that are looked at */
#define SMALL_SOURCE    65536 /* pixels: decoded before a second worker asks */

/* What of a source is worth keeping: all of it when it is small, else a good part, and two rows of blocks at least. Of
 * a tile service, it may be more bytes than 63 bits count. */
static double useful_cache_bytes(const weft_source_info *info) {
    const int64_t good_part = INT64_C(64) << 20;
    double row_of_blocks = ceil((double)info->cols / (double)info->block_cols) * weft_block_bytes(info, NULL);
    double down = ceil((double)info->rows / (double)info->block_rows);
    return fmin(down * row_of_blocks, fmax(2 * row_of_blocks, (double)good_part));
}

/* One block is decoded by one worker, and the others wait for it. Of a mosaic's files few are read at a time. */
static void add_decoder_needs(const weft_source_info *info, double blocks, bool one_of_many, weft_memory_needs *needs) {
    int64_t cached = needs->gdal_cache + info->codec.cached_bytes, max = needs->gdal_cache_max;
    needs->gdal_cache_max = weft_larger(weft_larger(max, info->codec.cached_bytes), WEFT_RASTER_GDAL_CACHE);
    needs->gdal_cache = weft_smaller(cached, needs->gdal_cache_max);
    if (weft_is_network_path(info->path)) needs->downloads = weft_download_cache_bytes();
    needs->decoder_min = weft_larger(needs->decoder_min, weft_larger(info->codec.bytes, info->mask_decoder_bytes));
    if (one_of_many) return;
    needs->decoder_bytes += info->codec.bytes + info->mask_decoder_bytes;
    needs->opened_bytes += info->codec.open_bytes + info->mask_open_bytes;
    needs->sources += info->mask_block_bytes > 0 ? 2 : 1;
    if (info->cols * info->rows > SMALL_SOURCE && blocks > 1)
        needs->shared_decoders += info->codec.bytes + info->mask_decoder_bytes;
}

/* What the block cache is asked to hold of one input, and what its handles take. */
static weft_status add_input_needs(const weft_plan *plan, const weft_plan_input *input, bool one_of_many,
                                   weft_memory_needs *needs, weft_error *err) {
    const weft_source_info *info = weft_source_describe(input->source);
    int64_t block = weft_block_bytes_largest(info);
    weft_block_sweep sweep;
    weft_touched_blocks blocks;
    needs->largest_block = weft_larger(needs->largest_block, block);
    needs->corner_bytes = weft_larger(needs->corner_bytes, (int64_t)fmin(weft_block_bytes_corner(info), 1e15));
    weft_status status =
        weft_touched_blocks_count(&blocks, &plan->grid, input->source, input->projector, input->scale, err);
    if (status != WEFT_OK) return status;
    add_decoder_needs(info, blocks.count, one_of_many, needs);
    needs->touched_bytes += (int64_t)fmin(blocks.max_bytes, 1e15);
    status = weft_block_sweep_measure(&sweep, &plan->grid, input->source, input->projector, input->scale[1], err);
    double useful = fmax(useful_cache_bytes(info), (double)sweep.line_bytes);
    needs->useful_cache += (int64_t)fmin(fmin(useful, blocks.usually_bytes), 1e15);
    needs->sweep_line += sweep.line_bytes;
    needs->sweep_row += sweep.row_bytes;
    return status;
}

static void add_band_needs(const weft_plan_input *input, const weft_resampler *resampler, weft_memory_needs *needs) {
    weft_lattice_cost cost = weft_lazy_layer_band_cost(&input->lattice, resampler->method, WEFT_LATTICE_CELL, true);
    if (cost.column_bytes > needs->band_column) needs->band_column = cost.column_bytes;
    if (cost.fixed_bytes > needs->band_fixed) needs->band_fixed = cost.fixed_bytes;
}

/* Pixels under a few bands of the widest window, spread over the grid, and a quarter more for bands between them: one
 * that needs more is worked in halves. */
static weft_status add_patch_needs(const weft_plan *plan, const weft_plan_input *input, const weft_resampler *resampler,
                                   weft_memory_needs *needs, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    int64_t cols = weft_smaller(plan->config->window_size, grid->cols),
            rows = weft_smaller(WEFT_LATTICE_CELL, grid->rows);
    int64_t support_x, support_y;
    weft_status status = WEFT_OK;
    weft_resampler_support(resampler, &support_x, &support_y);
    const weft_touch_net net = {.points = BAND_POINTS,
                                .inset = weft_method_needs_corners(resampler->method) ? 0 : 0.5,
                                .margin = {(double)support_x + 2, (double)support_y + 2}};
    for (int i = 0; i < WINDOWS * WINDOWS && status == WEFT_OK; i++) {
        weft_window band = {(grid->cols - cols) * (i % WINDOWS) / (WINDOWS - 1),
                            (grid->rows - rows) * (i / WINDOWS) / (WINDOWS - 1), cols, rows},
                    pixels;
        status = weft_touched_pixels(&pixels, input->source, input->projector, band, &net, err);
        if (status != WEFT_OK) break;
        int64_t bytes = weft_patch_bytes(resampler, weft_lattice_is_separable(&input->lattice), pixels, cols);
        needs->patch.desired = weft_larger(needs->patch.desired, bytes + bytes / 4);
    }
    return status;
}

/* Of what is computed of layers. */
static void add_column_needs(const weft_plan *plan, weft_memory_needs *needs) {
    if (plan->program == NULL) return;
    needs->derived_columns = plan->program->derived_count + (plan->program->chooses ? 1 : 0);
    needs->derived_bytes = weft_column_program_cell_bytes(plan->program);
    needs->window_scratch += weft_deriver_scratch_bytes(plan->program);
    needs->parsers = weft_deriver_compiled_bytes(plan->program);
}

static weft_status add_layer_needs(const weft_plan *plan, const weft_plan_layer *layer, weft_memory_needs *needs,
                                   weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    weft_status status = WEFT_OK;
    needs->cell_bytes += (int64_t)weft_data_type_cell_bytes(layer->type);
    /* A layer of a dataset without files, which is missing everywhere, has a resampler too. */
    if (dataset->input_count == 0)
        needs->patch.min = weft_larger(needs->patch.min, weft_patch_cell_bytes(&layer->resamplers[0], false));
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        const weft_plan_input *input = &dataset->inputs[i];
        const weft_resampler *resampler = &layer->resamplers[i];
        int64_t cell = weft_patch_cell_bytes(resampler, weft_lattice_is_separable(&input->lattice));
        needs->patch.min = weft_larger(needs->patch.min, cell);
        add_band_needs(input, resampler, needs);
        status = add_patch_needs(plan, input, resampler, needs, err);
    }
    return status;
}

static weft_status add_dataset_needs(const weft_plan *plan, const weft_plan_dataset *dataset, weft_memory_needs *needs,
                                     weft_error *err) {
    bool is_mosaic = dataset->mosaic != NULL;
    weft_status status = WEFT_OK;
    if (is_mosaic) needs->mosaic_handles = MOSAIC_HANDLES;
    if (dataset->input_count > 1)
        needs->window_scratch =
            weft_larger(needs->window_scratch, weft_mosaic_layer_bytes(dataset->overlap, dataset->input_count));
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        status = weft_cancel_check(plan->retries.cancel, err);
        if (status == WEFT_OK) status = add_input_needs(plan, &dataset->inputs[i], is_mosaic, needs, err);
    }
    return status;
}

weft_status weft_memory_needs_gather(weft_memory_needs *needs, const weft_plan *plan, weft_error *err) {
    *needs = (weft_memory_needs){.cols = plan->table_cols,
                                 .rows = plan->table_rows,
                                 .columns = plan->layer_count,
                                 .datasets = plan->dataset_count};
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->pair_count; i++)
        needs->transforms += !weft_crs_pair_is_same(plan->pairs[i]);
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++)
        status = add_layer_needs(plan, &plan->layers[i], needs, err);
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = add_dataset_needs(plan, &plan->datasets[i], needs, err);
    add_column_needs(plan, needs);
    needs->window_scratch += plan->rows.scratch_bytes;
    if (needs->mosaic_handles > 0) needs->decoder_bytes += MOSAIC_DECODERS * needs->decoder_min;
    /* A block that is being decoded has room for a mask. */
    needs->useful_cache += 2 * needs->largest_block;
    return status;
}
