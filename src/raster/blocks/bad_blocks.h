/* Between the files of this folder only: the blocks of a source that could not be read or decoded, where they count as
 * missing (on_error: missing). A block that failed once stays missing, so that all who ask get one answer, and is
 * counted once.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BAD_BLOCKS_H
#define WEFT_RASTER_BAD_BLOCKS_H

#include "raster/blocks/block_cache.h"
#include "raster/info/source_info.h"

/* A bit a block of each band. Any thread. */
typedef struct weft_bad_blocks weft_bad_blocks;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_bad_blocks_new(weft_bad_blocks **out, const weft_source_info *info, weft_error *err);
/* NULL is fine. */
void weft_bad_blocks_free(weft_bad_blocks *blocks);

void weft_bad_blocks_add(weft_bad_blocks *blocks, weft_block_key key);
/* Also of NULL, which has none. */
bool weft_bad_blocks_has(const weft_bad_blocks *blocks, weft_block_key key);
int64_t weft_bad_blocks_count(const weft_bad_blocks *blocks);

#endif
