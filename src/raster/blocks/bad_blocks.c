/* SPDX-License-Identifier: MIT */
#include "raster/blocks/bad_blocks.h"

#include "core/window.h"

#include <stdatomic.h>
#include <stdlib.h>

struct weft_bad_blocks {
    int64_t blocks_across, blocks_down;
    _Atomic int64_t count;
    _Atomic uint8_t bits[]; /* by band number, from 1, then row by row */
};

weft_status weft_bad_blocks_new(weft_bad_blocks **out, const weft_source_info *info, weft_error *err) {
    int64_t across = weft_divide_up(info->cols, info->block_cols);
    int64_t down = weft_divide_up(info->rows, info->block_rows);
    int64_t bands = info->bands[info->band_count - 1].number;
    weft_bad_blocks *blocks = calloc(1, sizeof *blocks + (size_t)(across * down * bands / 8 + 1));
    *out = blocks;
    if (blocks == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a list of blocks", info->path);
    blocks->blocks_across = across;
    blocks->blocks_down = down;
    return WEFT_OK;
}

void weft_bad_blocks_free(weft_bad_blocks *blocks) {
    free(blocks);
}

static int64_t bit_of(const weft_bad_blocks *blocks, weft_block_key key) {
    return ((key.band - 1) * blocks->blocks_down + key.block_row) * blocks->blocks_across + key.block_col;
}

void weft_bad_blocks_add(weft_bad_blocks *blocks, weft_block_key key) {
    int64_t bit = bit_of(blocks, key);
    uint8_t mask = (uint8_t)(1U << (bit % 8));
    if ((atomic_fetch_or(&blocks->bits[bit / 8], mask) & mask) == 0) atomic_fetch_add(&blocks->count, 1);
}

bool weft_bad_blocks_has(const weft_bad_blocks *blocks, weft_block_key key) {
    if (blocks == NULL || atomic_load(&blocks->count) == 0) return false;
    int64_t bit = bit_of(blocks, key);
    return (atomic_load(&blocks->bits[bit / 8]) >> (bit % 8) & 1) != 0;
}

int64_t weft_bad_blocks_count(const weft_bad_blocks *blocks) {
    return blocks == NULL ? 0 : atomic_load(&blocks->count);
}
