/* Between the files of this folder only: a source that is put together from others, and what it needs of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_KIND_H
#define WEFT_RASTER_SOURCE_KIND_H

#include "raster/blocks/block_cache.h"
#include "raster/source/source.h"

/* What such a source does in place of a file; each as the function of source.h that has its name. */
typedef struct weft_source_kind {
    weft_status (*read)(void *payload, int band, weft_window window, void *values, uint8_t *valid, bool *all_valid,
                        weft_error *err);
    void (*pool_stats)(void *payload, weft_pool_stats *out);
    void (*close_idle)(void *payload);
} weft_source_kind;

/* A source of another kind. `payload`, and all that `info` points to, are borrowed and outlive it. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_source_compose(weft_source **out, const weft_source_kind *kind, void *payload,
                                const weft_source_info *info, weft_error *err);

/* Gives a file's source the equal CRS of another, which outlives it: thousands of files need not hold theirs. */
void weft_source_share_crs(weft_source *source, const weft_crs *crs);

/* Takes the file's weft_source_info.warnings out of it, to be freed by the caller; NULL: there are none. */
char *weft_source_take_warnings(weft_source *source);

/* Pins one block of a file's band, to be given back with weft_source_release_block(). Any thread. Errors: as
 * weft_source_read(). */
weft_status weft_source_acquire_block(weft_source *source, const weft_band_info *band, int64_t block_col,
                                      int64_t block_row, weft_block *out, weft_error *err);
void weft_source_release_block(weft_source *source, const weft_band_info *band, int64_t block_col, int64_t block_row);

#endif
