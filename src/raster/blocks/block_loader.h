/* Between the files of this folder only: loads one block of a source, by a pooled decoder.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_LOADER_H
#define WEFT_RASTER_BLOCK_LOADER_H

#include "core/window.h"
#include "raster/blocks/bad_blocks.h"
#include "raster/blocks/block_cache.h"
#include "raster/blocks/block_decoder.h"
#include "raster/blocks/handle_limit.h"
#include "raster/info/source_info.h"

typedef struct weft_block_loader {
    const weft_source_info *info;
    weft_handle_owner owner;  /* its handles are weft_block_decoder */
    weft_block_origin origin; /* what the decoders share */
    weft_block_cache *cache;  /* takes the sibling bands of a decoded block */
    int32_t source_id;
    bool is_remote;              /* the bytes of blocks may be read ahead */
    int64_t sibling_bytes;       /* the most bytes of sibling bands to cache with a block; 0: all, -1: none */
    weft_retry_account *retries; /* may be NULL */
    /* With on_error: missing, notes blocks that do not decode, which are missing. NULL: they are errors. */
    weft_bad_blocks *bad;
    weft_mask_apply_fn apply_mask; /* NULL: there is no mask */
    void *mask;                    /* payload of apply_mask */
    bool all_masked;               /* the mask excludes every pixel: nothing is read */
    weft_handle_limit *limit;      /* asked before each decode; may be NULL */
} weft_block_loader;

/* What a reader asks a loader for: a block, and so many on its right, which it will ask for next. */
typedef struct weft_block_request {
    weft_block_loader *loader;
    int ahead;
} weft_block_request;

/* Decodes a block: a weft_block_load_fn whose payload is a weft_block_request. Of a file on a network the bytes of the
 * blocks on the right come with it, up to the first that the cache has (read_ahead.h).
 *
 * valid    0 where nodata, NaN, mask band, alpha or the dataset's mask say missing, and beyond the raster's edge
 * waits    for room to decode (handle_limit.h); after an error that may be transient it tries again with a new handle
 * thread   any
 * errors   WEFT_ERR_DATA (the block does not decode, or the file was replaced), WEFT_ERR_NO_INPUT (the file is gone),
 *          WEFT_ERR_IO, WEFT_ERR_MEMORY */
weft_status weft_block_loader_load(void *request, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                   weft_error *err);

#endif
