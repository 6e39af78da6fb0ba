/* Between the files of this folder only: decodes one block of a source through a pooled handle.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_LOADER_H
#define WEFT_RASTER_BLOCK_LOADER_H

#include "core/window.h"
#include "raster/blocks/bad_blocks.h"
#include "raster/blocks/block_cache.h"
#include "raster/blocks/handle_limit.h"
#include "raster/files/file_stamps.h"
#include "raster/info/source_info.h"

typedef struct weft_block_loader {
    const weft_source_info *info;
    weft_handle_owner owner; /* its handles are GDALDatasetH */
    weft_block_cache *cache; /* where sibling bands of a block go (bands_at_once) */
    int32_t source_id;
    int64_t sibling_bytes;       /* of them that are taken from a block at once; 0: all, -1: none */
    weft_retry_account *retries; /* may be NULL */
    const weft_file_stamps *stamps;
    weft_bad_blocks *bad; /* what cannot be read or decoded is missing, and noted here; NULL: it is an error */
    /* Makes pixels missing that do not count: of a window of the source, `stride` apart. NULL: all count. */
    weft_status (*apply_mask)(void *payload, weft_window pixels, int64_t stride, uint8_t *valid, weft_error *err);
    void *mask;
    bool all_masked;          /* no pixel counts: nothing is read */
    weft_handle_limit *limit; /* asked before each decode; may be NULL */
} weft_block_loader;

/* weft_block_load_fn with a weft_block_loader: the block's values, and a byte a pixel that is 0 where nodata, NaN, mask
 * or alpha say missing. Pixels of an edge block that lie beyond the raster are missing. What may
 * pass is tried again, through another handle. Waits for room to decode (handle_limit.h). Any thread. Errors:
 * WEFT_ERR_DATA (it does not decode, or the file was replaced), WEFT_ERR_NO_INPUT (it is gone), WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_block_loader_load(void *loader, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                   weft_error *err);

#endif
