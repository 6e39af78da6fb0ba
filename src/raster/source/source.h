/* A source: one raster that is read. It gives what the raster declares, and rectangles of its pixels.
 *
 * It is opened once to read its header. Pixels are read through a pool of GDAL handles, so that any worker may read,
 * and through the process's block cache, in the file's own type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_H
#define WEFT_RASTER_SOURCE_H

#include "core/threads/object_pool.h"
#include "core/window.h"
#include "raster/blocks/block_cache.h"
#include "raster/crs/grid.h"
#include "raster/files/file_list.h"
#include "raster/info/source_info.h"
#include "raster/source/expected_raster.h"
#include "raster/source/source_kind.h"

typedef struct weft_source weft_source;

/* Opens a raster and reads its header; reads no pixels. What `options` points to, except for its bands, outlives the
 * source.
 *
 * cache    shared by all sources; outlives them. NULL: the source can be looked at, not read (plan, like)
 * errors   WEFT_ERR_NO_INPUT (nothing there), WEFT_ERR_PERMISSION, WEFT_ERR_DATA (a folder, not a raster, no CRS, no
 *          geotransform, GCPs or RPCs only, complex pixels; with a hint), WEFT_ERR_IO */
weft_status weft_source_open(weft_source **out, const char *path, weft_source_options options, weft_block_cache *cache,
                             weft_error *err);
void weft_source_close(weft_source *source);

/* Which of a raster's overviews is read instead of it. */
typedef struct weft_source_overview {
    int level, count; /* level: from 1, as gdalinfo lists them; 0: none */
    double factor[2]; /* so many pixels across and down are one of the overview's; 1 without */
    int incomplete;   /* a coarser one would fit, but some band or mask does not have it: its number; 0: none */
} weft_source_overview;

/* Finds the coarsest overview whose pixels are no larger than `scale` pixels of the source, across and down. Errors:
 * those of opening the file once more, which has to be the same. */
weft_status weft_source_find_overview(const weft_source *source, const double scale[2], weft_source_overview *out,
                                      weft_error *err);
/* Opens an overview of an open source's file, with the same options. All but size, place and blocks is as the raster
 * declares it. Errors: weft_source_open()'s. */
weft_status weft_source_open_overview(weft_source **out, const weft_source *source, int overview, weft_error *err);

/* A source of a raster that a catalog knows, which is opened when it is first read. Then the file must be of the bytes
 * and the time that are expected, and what it declares must be what is described; else reading fails with
 * WEFT_ERR_DATA, or WEFT_ERR_NO_INPUT where it is gone. weft_source_visit_files() tells of the file alone.
 *
 * like    an open source of the same layout, which outlives it: all but place and size is taken from there, and so are
 *         options and cache
 * errors  WEFT_ERR_MEMORY */
weft_status weft_source_open_later(weft_source **out, const weft_source *like, const char *path,
                                   const weft_expected_raster *expected, weft_error *err);
/* Compares an open source with what was expected of it, and keeps that. Errors: WEFT_ERR_DATA, naming what differs. */
weft_status weft_source_expect(weft_source *source, const weft_expected_raster *expected, weft_error *err);

const weft_source_info *weft_source_describe(const weft_source *source);

/* Compares the source's files, companions and files under a VRT among them, with what they were when it was opened:
 * device, inode, size, time of modification; of .aux.xml and world files, what they say. To be called when all was
 * read. Any thread. Errors: WEFT_ERR_DATA (one was replaced or written to), WEFT_ERR_NO_INPUT (one is gone); both name
 * it; WEFT_ERR_IO. */
weft_status weft_source_check_files(const weft_source *source, weft_error *err);

/* Tells `fn` of these files as they were then, as far as they were there. Errors: those of fn. */
weft_status weft_source_visit_files(const weft_source *source, weft_file_list_fn fn, void *payload, weft_error *err);

/* Between the files of this folder only: `apply` is called for each decoded block, to make pixels missing. mask: the
 * source that it reads, whose files are checked and visited with this one's. The mask and `payload` (on the heap) are
 * taken over. cover: the share of the source that the mask reaches. */
void weft_source_set_mask(weft_source *source, weft_source *mask, double cover, weft_mask_apply_fn apply,
                          void *payload);

/* Likewise: none of its pixels counts, and no block is read. */
void weft_source_mask_all(weft_source *source);

/* Blocks of the file that could not be read or decoded so far, with bad_blocks_missing; each counts once. Any thread.
 */
int64_t weft_source_bad_blocks(const weft_source *source);

/* Bounds of all pixel corners in the source's CRS. */
weft_bounds weft_source_bounds(const weft_source *source);

/* Fills a rectangle of one band's pixels from the block cache.
 *
 * window     in source pixels. Its rows lie inside the source, and so do its columns; where the source wraps, columns
 *            may
 *            lie anywhere and are taken modulo wrap_cols, and the window is at most wrap_cols wide
 * values     window.cols * window.rows values in the band's own type, row-major without gaps
 * valid      as many bytes, 0 = missing; undefined where *all_valid is set to true
 * all_valid  set to whether every pixel is valid
 * thread     any
 * errors     WEFT_ERR_IO (a read failed at every attempt), WEFT_ERR_DATA (a block does not decode; names file and
 *            block), WEFT_ERR_MEMORY (not even one block fits) */
weft_status weft_source_read(weft_source *source, int band, weft_window window, void *values, uint8_t *valid,
                             bool *all_valid, weft_error *err);

/* Counts of the source's pool of handles. */
void weft_source_pool_stats(const weft_source *source, weft_pool_stats *out);

/* One decode may give a block of several bands. Sets how many bytes of the bands that were not asked for go to the
 * block cache with it: at most `bytes`, but at least one band; 0, as without a call: all of them; -1: none. Call it
 * before the source is read. */
void weft_source_limit_siblings(weft_source *source, int64_t bytes);

/* Closes handles that nobody uses. Any thread. */
void weft_source_close_idle(weft_source *source);

/* --- for mosaics only: a source that is put together from others, and what it needs of them --- */

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
