/* SPDX-License-Identifier: MIT
 *
 * Halved from the configured size until the workers' windows together fit into the cache, but not narrower than a
 * block: that would only decode it more often. Where not even that fits, fewer bands are taken from each decoded block,
 * or the columns are made one by one.
 */
#include "pipeline/memory/block_windows.h"

#include "pipeline/memory/block_bytes.h"
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

/* Of pixel-interleaved files: whether the bands of others share what is decoded (a chunk of NetCDF), GDAL does not say.
 * Made in turn, columns ask for a block anew with every 32 rows that lie on it, and as often as it takes to keep a part
 * of the bands for the next ones; made apart, once each. */
static bool are_better_apart(const weft_source_info *info, double scale_y, double columns, double kept) {
    double turns = 1 + (double)info->block_rows / scale_y / WEFT_LATTICE_CELL;
    return columns < turns * ceil(columns / fmax(kept, 1));
}

static void plan_dataset(const weft_memory_plan *memory, weft_plan_dataset *dataset) {
    const weft_plan_input *input = &dataset->inputs[0];
    const weft_source_info *info = weft_source_describe(input->source);
    double share = (double)memory->block_cache_bytes / memory->threads, bytes = weft_block_bytes(info, declares_nodata);
    double columns = wanted_bands(info), under;
    dataset->window_cols = narrow(info, input->scale, memory->window_size, bytes, share, &under);
    weft_source_limit_sisters(input->source, 0);
    if (under <= share) return;
    /* Half of it is for what others read meanwhile. */
    double blocks = under / bytes, ahead = share / 2 / blocks;
    dataset->columns_apart =
        info->pixel_interleaved && are_better_apart(info, input->scale[1], columns, ahead / bytes * columns);
    if (dataset->columns_apart)
        dataset->window_cols = narrow(info, input->scale, memory->window_size, bytes / columns, share, &under);
    weft_source_limit_sisters(input->source, dataset->columns_apart ? -1 : (int64_t)ahead);
}

void weft_block_windows_plan(weft_plan *plan) {
    for (int i = 0; i < plan->dataset_count; i++) {
        weft_plan_dataset *dataset = &plan->datasets[i];
        dataset->window_cols = plan->memory.window_size;
        dataset->columns_apart = false;
        if (dataset->mosaic == NULL && dataset->input_count == 1 && dataset->on_grid &&
            weft_source_describe(dataset->inputs[0].source)->band_count > 1)
            plan_dataset(&plan->memory, dataset);
    }
}
