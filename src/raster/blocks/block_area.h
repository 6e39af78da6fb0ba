/* Between the files of this folder only: what a block of a raster covers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_AREA_H
#define WEFT_RASTER_BLOCK_AREA_H

#include "core/window.h"
#include "raster/gdal/block_key.h"
#include "raster/info/source_info.h"

#include <string.h>

/* The part of a block that lies inside the raster: blocks at its right and lower edge may reach beyond. */
static inline weft_window weft_block_window(const weft_source_info *info, weft_block_key key) {
    weft_window block = {key.block_col * info->block_cols, key.block_row * info->block_rows, info->block_cols,
                         info->block_rows};
    return weft_window_intersect(block, (weft_window){0, 0, info->cols, info->rows});
}

/* Whether a pixel of that part is missing. valid: a byte a pixel of the whole block, 0 where it is missing. */
static inline bool weft_block_any_missing(const weft_source_info *info, weft_block_key key, const uint8_t *valid) {
    weft_window part = weft_block_window(info, key);
    for (int64_t row = 0; row < part.rows; row++)
        if (memchr(valid + row * info->block_cols, 0, (size_t)part.cols) != NULL) return true;
    return false;
}

#endif
