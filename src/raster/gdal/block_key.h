/* Which block of which raster.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_KEY_H
#define WEFT_RASTER_BLOCK_KEY_H

#include <stdint.h>

/* `band` counts from 1, blocks from 0. `source_id` comes from weft_block_cache_new_source_id(). */
typedef struct weft_block_key {
    int32_t source_id, band;
    int32_t block_col, block_row;
} weft_block_key;

#endif
