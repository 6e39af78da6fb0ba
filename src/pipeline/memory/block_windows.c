/* SPDX-License-Identifier: MIT
 *
 * Halved from the configured size until the workers' windows together fit into the cache, but not narrower than a
 * block: that would only decode it more often. Where not even that fits, as many columns are made in turn, over the
 * whole grid, as have their blocks at hand: a block is then decoded once for each such group, not with every 32 rows.
 */
#include "pipeline/memory/block_windows.h"

#include "pipeline/memory/source_needs.h"
#include "processors/lattice/lattice.h"

#include <math.h>

#define NARROWEST 64 /* cells */

static bool declares_nodata(const weft_band_info *band) {
    return band->nodata_kind != WEFT_NODATA_NONE;
}

static double wanted_bands(const weft_source_info *info) {
    double count = 0;
    for (int i = 0; i < info->band_count; i++)
        count += info->bands[i].wanted;
    return count;
}

/* Blocks along one axis under `cells`, which begin anywhere. */
static double blocks_along(int64_t cells, double scale, int64_t block, int64_t size) {
    double all = ceil((double)size / (double)block);
    return fmin(ceil((double)cells * scale / (double)block) + 1, all);
}

/* Of the bytes under a window's 32 rows; down to a block's width, or until they are `share`. */
static int64_t narrow(const weft_source_info *info, const double scale[2], int64_t window_size, double block_bytes,
                      double share, double *bytes) {
    double down = blocks_along(WEFT_LATTICE_CELL, scale[1], info->block_rows, info->rows);
    double block_cells = (double)info->block_cols / scale[0];
    int64_t cols = window_size, narrowest = NARROWEST;
    if (block_cells > NARROWEST) narrowest = (int64_t)fmin(block_cells, (double)window_size);
    for (;;) {
        *bytes = block_bytes * down * blocks_along(cols, scale[0], info->block_cols, info->cols);
        if (*bytes <= share || cols <= narrowest) return cols;
        cols = cols / 2 > narrowest ? cols / 2 : narrowest;
    }
}

static void plan_dataset(const weft_memory_plan *memory, weft_plan_dataset *dataset) {
    const weft_plan_input *input = &dataset->inputs[0];
    const weft_source_info *info = weft_source_describe(input->source);
    double share = (double)memory->block_cache_bytes / memory->threads, bytes = weft_block_bytes(info, declares_nodata);
    double columns = wanted_bands(info), under;
    dataset->window_cols = narrow(info, input->scale, memory->window_size, bytes, share, &under);
    weft_source_limit_siblings(input->source, 0);
    if (under <= share) return;
    if (info->bands_at_once <= 1) return; /* no column has anything of another's blocks */
    double together = fmin(floor(share / (under / columns)), columns);
    if (together < 2) {
        together = 1;
        dataset->window_cols = narrow(info, input->scale, memory->window_size, bytes / columns, share, &under);
    }
    dataset->columns_together = (int)together;
    weft_source_limit_siblings(input->source, together < 2 ? -1 : (int64_t)((together - 1) * bytes / columns));
}

void weft_block_windows_plan(weft_plan *plan) {
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_plan_dataset *dataset = &plan->datasets[i];
        dataset->window_cols = plan->memory.window_size;
        dataset->columns_together = 0;
        if (dataset->mosaic == NULL && dataset->input_count == 1 && dataset->on_grid &&
            weft_source_describe(dataset->inputs[0].source)->band_count > 1)
            plan_dataset(&plan->memory, dataset);
    }
}
