/* SPDX-License-Identifier: MIT
 *
 * Never below what is measured, and little above: where it is not known what will be filled, all of it is counted. */
#include "pipeline/peak_estimate.h"

#include "core/buffer.h"
#include "core/window.h"
#include "monitors/memory_probe.h"
#include "pipeline/patch_bytes.h"
#include "pipeline/plan_outputs.h"
#include "pipeline/source_reach.h"
#include "processors/row_formatter.h"
#include "stages/lazy_layer.h"
#include "stages/merge_stage.h"
#include "stages/mosaic_layer.h"
#include "stages/resample_stage.h"

#include <math.h>

#define MIB         (INT64_C(1) << 20)
#define NOISE       (3 * MIB / 2) /* from run to run; measured: 0.6 MiB, 1 with more threads than processors */
#define NOISE_SHARE 40            /* one part in so many besides: 2.5 % */
#define BAND_POINTS 5             /* along a side of a band of a window */
#define WINDOWS     3             /* along a side of the grid that are looked at */

/* --- chunks and windows --- */

static int64_t chunk_rows(const weft_plan *plan) {
    return weft_smaller(plan->memory.chunk_rows, plan->grid.rows);
}

/* Both slots: the second is as large as what the first leaves. */
static int64_t chunk_bytes(const weft_plan *plan, const weft_memory_needs *needs) {
    const weft_memory_plan *memory = &plan->memory;
    int64_t rows = weft_smaller(2 * chunk_rows(plan), plan->grid.rows);
    int64_t bytes = weft_merge_chunk_bytes(plan->grid.cols, rows, needs->cell_bytes, needs->columns, needs->datasets,
                                           memory->window_size, memory->threads);
    return weft_smaller(bytes, memory->chunk_bytes);
}

/* No more workers resample than there are windows. */
static int64_t busy_workers(const weft_plan *plan) {
    int64_t side = weft_plan_window_side(plan), across = (plan->grid.cols + side - 1) / side;
    int64_t down = (plan->grid.rows + side - 1) / side;
    return across < plan->memory.threads ? weft_smaller(across * down * plan->dataset_count, plan->memory.threads)
                                         : plan->memory.threads;
}

/* --- what a worker fills --- */

/* The patch under a band, which is halved until it fits into a worker's share. */
static weft_status measure_band(const weft_plan *plan, const weft_plan_input *input, const weft_resampler *resampler,
                                weft_window band, int64_t *most, weft_error *err) {
    int64_t reach_x, reach_y, bytes;
    weft_window pixels;
    weft_resampler_reach(resampler, &reach_x, &reach_y);
    const weft_reach_net net = {.points = BAND_POINTS,
                                .inset = weft_resampler_needs_corners(resampler->kernel) ? 0 : 0.5,
                                .margin = {(double)reach_x + 2, (double)reach_y + 2}};
    bool separable = weft_lattice_is_separable(&input->lattice);
    for (;;) {
        weft_status status = weft_source_reach(&pixels, input->source, input->projector, band, &net, err);
        if (status != WEFT_OK) return status;
        bytes = weft_patch_bytes(resampler, separable, pixels, band.cols);
        if (bytes <= plan->memory.patch_bytes || band.cols * band.rows <= 1) break;
        *(band.rows >= band.cols ? &band.rows : &band.cols) /= 2;
    }
    *most = weft_larger(*most, bytes);
    return WEFT_OK;
}

/* A few windows' first bands, spread over the grid. */
static weft_status measure_patches(const weft_plan *plan, const weft_plan_input *input, const weft_resampler *resampler,
                                   int64_t *most, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    int64_t cols = weft_smaller(weft_plan_window_side(plan), grid->cols),
            rows = weft_smaller(WEFT_LATTICE_CELL, grid->rows);
    weft_status status = WEFT_OK;
    for (int i = 0; i < WINDOWS * WINDOWS && status == WEFT_OK; i++) {
        weft_window band = {(grid->cols - cols) * (i % WINDOWS) / (WINDOWS - 1),
                            (grid->rows - rows) * (i / WINDOWS) / (WINDOWS - 1), cols, rows};
        status = measure_band(plan, input, resampler, band, most, err);
    }
    return status;
}

/* Whether some lattice cell is split, of those in the middle of a few windows. */
static weft_status measure_splits(const weft_plan *plan, const weft_plan_input *input, bool *split, weft_error *err) {
    const int64_t side = WEFT_LATTICE_CELL, across = (plan->grid.cols - 1) / side, down = (plan->grid.rows - 1) / side;
    weft_ledger *ledger = NULL;
    weft_lattice *lattice = NULL;
    weft_status status = weft_ledger_new(&ledger, MIB, err);
    if (status == WEFT_OK) status = weft_lattice_new(&lattice, ledger, err);
    for (int i = 0; i < WINDOWS * WINDOWS && status == WEFT_OK && !*split; i++) {
        int64_t col = across * (1 + 2 * (i % WINDOWS)) / (2 * WINDOWS) * side;
        int64_t row = down * (1 + 2 * (i / WINDOWS)) / (2 * WINDOWS) * side;
        status = weft_lattice_prepare(lattice, &input->lattice, (weft_window){col, row, 1, 1}, false, err);
        *split = *split || (status == WEFT_OK && weft_lattice_has_split(lattice));
    }
    weft_lattice_free(lattice);
    weft_ledger_free(ledger);
    return status;
}

static int64_t band_bytes(const weft_plan *plan, const weft_lattice_spec *lattice, weft_kernel kernel, bool split) {
    int64_t cols = weft_smaller(weft_plan_window_side(plan), plan->grid.cols);
    int64_t rows = weft_smaller(WEFT_LATTICE_CELL, plan->grid.rows);
    weft_lattice_cost cost = weft_lazy_layer_band_cost(lattice, kernel, rows, split);
    return cost.fixed_bytes + cols * cost.column_bytes;
}

/* The most that positions of a band take, with the lattice that they come from. */
static weft_status position_bytes(const weft_plan *plan, int64_t *out, weft_error *err) {
    weft_status status = WEFT_OK;
    *out = 0;
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        for (int j = 0; j < dataset->input_count && status == WEFT_OK; j++) {
            const weft_plan_input *input = &dataset->inputs[j];
            weft_kernel kernel = layer->resamplers[j].kernel;
            bool split = false;
            if (band_bytes(plan, &input->lattice, kernel, true) <= *out) continue;
            status = measure_splits(plan, input, &split, err);
            *out = weft_larger(*out, band_bytes(plan, &input->lattice, kernel, split));
        }
    }
    return status;
}

/* What one worker has at most: positions, pixels, and values on their way. */
static weft_status worker_bytes(const weft_plan *plan, const weft_memory_needs *needs, bool to_scratch, int64_t *out,
                                weft_error *err) {
    int64_t most = 0, widest = 0, positions = 0;
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        widest = weft_larger(widest, (int64_t)weft_data_type_cell_bytes(layer->type));
        for (int j = 0; j < dataset->input_count && status == WEFT_OK; j++)
            status = measure_patches(plan, &dataset->inputs[j], &layer->resamplers[j], &most, err);
    }
    if (status == WEFT_OK) status = position_bytes(plan, &positions, err);
    *out = positions + weft_smaller(most, plan->memory.patch_bytes) + needs->window_scratch;
    if (to_scratch) *out += widest * WEFT_LATTICE_CELL * weft_smaller(weft_plan_window_side(plan), plan->grid.cols);
    return status;
}

/* --- the others --- */

/* Slices are filled as far as lines go. */
static int64_t text_bytes(const weft_plan *plan, const weft_memory_needs *needs) {
    double ring = 2.0 * plan->memory.threads * (double)plan->memory.slice_bytes;
    double chunk = (double)chunk_rows(plan) * (double)plan->grid.cols * (double)needs->line_bytes;
    return (int64_t)(fmin(ring, chunk) * needs->text_share) + plan->memory.x_text_bytes;
}

/* As they are granted: in order, while they leave the rest its part. */
static int64_t layers_bytes(const weft_plan *plan) {
    const weft_memory_plan *memory = &plan->memory;
    int64_t all = 0, room = memory->ledger_bytes - memory->x_text_bytes - memory->working_bytes;
    double cells = (double)plan->grid.cols * (double)plan->grid.rows;
    if (plan->config->enable_streaming) return 0;
    for (int i = 0; i < plan->layer_count; i++) {
        double bytes = cells * (double)weft_data_type_cell_bytes(plan->layers[i].type);
        if (bytes <= (double)(room - all)) all += (int64_t)bytes + weft_page_bytes();
    }
    return all;
}

static bool all_in_memory(const weft_plan *plan) {
    double all = 0;
    for (int i = 0; i < plan->layer_count; i++)
        all +=
            (double)plan->grid.cols * (double)plan->grid.rows * (double)weft_data_type_cell_bytes(plan->layers[i].type);
    return plan->config->enable_streaming || (double)plan->memory.layers_bytes >= all;
}

weft_status weft_peak_estimate(weft_plan *plan, const weft_memory_needs *needs, weft_error *err) {
    weft_memory_plan *memory = &plan->memory;
    weft_process_memory now = {0};
    weft_output_shares shares;
    int64_t worker = 0;
    memory->layers_bytes = layers_bytes(plan);
    weft_status status = worker_bytes(plan, needs, !all_in_memory(plan), &worker, err);
    if (status == WEFT_OK) status = weft_plan_outputs_share(plan, &shares, err);
    if (status != WEFT_OK) return status;
    /* Blocks stay until the cache is full, or layers are whole; workers keep what they had. */
    int64_t cache = weft_smaller(needs->touched_bytes, memory->block_cache_bytes);
    int64_t outputs = text_bytes(plan, needs) + shares.filled_bytes;
    int64_t exporting = chunk_bytes(plan, needs) + outputs;
    int64_t phases =
        plan->config->enable_streaming ? cache + exporting : weft_larger(cache + memory->x_text_bytes, exporting);
    int64_t filled = busy_workers(plan) * worker + memory->decoder_bytes + memory->layers_bytes + phases;
    int64_t running = memory->likely_unmanaged - needs->ending_unmanaged + weft_smaller(filled, memory->ledger_bytes);
    int64_t ending = memory->likely_unmanaged + outputs + needs->ending_bytes - needs->ending_idle;
    /* Starting up touches more of the libraries than a small run. */
    (void)weft_process_memory_read(&now);
    int64_t peak =
        weft_larger(weft_larger(running, ending), weft_larger(now.peak_resident_bytes, needs->started_bytes)) + NOISE;
    peak += peak / NOISE_SHARE;
    memory->peak_bytes = weft_smaller(peak, memory->limit_bytes);
    return WEFT_OK;
}
