/* SPDX-License-Identifier: MIT
 *
 * Halved from the configured size until the workers' windows together fit into the cache, but not narrower than a
 * block: that would only decode it more often. Where not even that fits, fewer bands are taken from each decoded block.
 */
#include "pipeline/memory/block_windows.h"

#include "pipeline/memory/block_bytes.h"
#include "processors/lattice/lattice.h"

#include <math.h>

#define NARROWEST 64 /* cells */

static bool declares_nodata(const weft_band_info *band) {
    return band->nodata_kind != WEFT_NODATA_NONE;
}

/* Blocks along one axis under `cells`, which begin anywhere. */
static double blocks_along(int64_t cells, double scale, int64_t block, int64_t size) {
    double all = ceil((double)size / (double)block);
    return fmin(ceil((double)cells * scale / (double)block) + 1, all);
}

static void plan_dataset(const weft_memory_plan *memory, weft_plan_dataset *dataset) {
    const weft_plan_input *input = &dataset->inputs[0];
    const weft_source_info *info = weft_source_describe(input->source);
    double share = (double)memory->block_cache_bytes / memory->threads, bytes = weft_block_bytes(info, declares_nodata);
    double down = blocks_along(WEFT_LATTICE_CELL, input->scale[1], info->block_rows, info->rows), blocks;
    double block_cells = (double)info->block_cols / input->scale[0];
    int64_t cols = memory->window_size, narrowest = NARROWEST;
    if (block_cells > NARROWEST) narrowest = (int64_t)fmin(block_cells, (double)memory->window_size);
    for (;;) {
        blocks = down * blocks_along(cols, input->scale[0], info->block_cols, info->cols);
        if (blocks * bytes <= share || cols <= narrowest) break;
        cols = cols / 2 > narrowest ? cols / 2 : narrowest;
    }
    dataset->window_cols = cols;
    /* Half of it is for what others read meanwhile. */
    weft_source_limit_sisters(input->source, blocks * bytes > share ? (int64_t)(share / 2 / blocks) : 0);
}

void weft_block_windows_plan(weft_plan *plan) {
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_plan_dataset *dataset = &plan->datasets[i];
        dataset->window_cols = plan->memory.window_size;
        if (dataset->mosaic == NULL && dataset->input_count == 1 && dataset->on_grid &&
            weft_source_describe(dataset->inputs[0].source)->band_count > 1)
            plan_dataset(&plan->memory, dataset);
    }
}
