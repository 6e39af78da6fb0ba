/* What a source takes of memory under a grid: decoded blocks, and the patches of pixels that workers hold. Found from a
 * few projected points; no pixel is read. All errors are the projector's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SOURCE_NEEDS_H
#define WEFT_PIPELINE_SOURCE_NEEDS_H

#include "core/window.h"
#include "processors/resampler.h"
#include "raster/crs/grid.h"
#include "raster/source/projector.h"
#include "raster/source/source.h"

/* Whether to count a mask for the band's blocks. */
typedef bool (*weft_band_masked_fn)(const weft_band_info *band);

/* Of one block: all bands that are read, each in whole pages. `masked` NULL: all have a mask. */
double weft_block_bytes(const weft_source_info *info, weft_band_masked_fn masked);

/* Of the band whose values are widest, with a mask; one worker decodes it. */
int64_t weft_block_bytes_largest(const weft_source_info *info);

/* Of the blocks that meet in a corner, with a mask, and all bands that are read and decoded with them: what a worker
 * goes to and fro between. Fewer blocks than four where the source has no more along an axis. */
double weft_block_bytes_corner(const weft_source_info *info);

/* Where a part of the grid is looked at. */
typedef struct weft_touch_net {
    int points;       /* along each side, at least 2; lines between them are taken to be nearly straight */
    double inset;     /* cells between the part's edge and the outer points: 0.5 for centres alone, 0 with corners */
    double margin[2]; /* pixels that are added on each side, for what kernels reach */
} weft_touch_net;

/* Pixels under `part` of the grid, clipped to the source; empty where none are. All columns of a source that wraps.
 * A point that does not transform makes it the whole source. */
weft_status weft_touched_pixels(weft_window *out, const weft_source *source, weft_projector *projector,
                                weft_window part, const weft_touch_net *net, weft_error *err);

/* Decoded blocks that the whole grid touches, of all bands that are read, in whole pages. */
typedef struct weft_touched_blocks {
    double count;         /* each band's own */
    double usually_bytes; /* with masks where the file says that something may be missing */
    double max_bytes;     /* with those of float bands too, which may hold NaN */
} weft_touched_blocks;

/* scale: source pixels a cell, along u and v. */
weft_status weft_touched_blocks_count(weft_touched_blocks *out, const weft_grid *grid, const weft_source *source,
                                      weft_projector *projector, const double scale[2], weft_error *err);

/* Bytes of decoded blocks, masks included, that a run from the grid's top to its bottom holds at once. A band of n rows
 * touches at most line_bytes + n * row_bytes. A source that is turned against the grid, or has high blocks, meets the
 * same blocks in two chunks: they are decoded once only if the cache holds all that a chunk touches. */
typedef struct weft_block_sweep {
    int64_t line_bytes; /* under one line across the grid */
    double row_bytes;   /* for each row more */
} weft_block_sweep;

/* Looks at a few lines of the grid; reads no pixel. Nothing for a source that none of them meets.
 * scale_y: source pixels a cell along v. */
weft_status weft_block_sweep_measure(weft_block_sweep *out, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, double scale_y, weft_error *err);

/* Bytes for a patch of `pixels` (they, their mask, and the kernel's scratch) under a band that is `band_cols` cells
 * wide; a large number where they are more than 10^15.
 *
 * separable   the lattice's: columns and rows are apart, and weights are made once for each */
int64_t weft_patch_bytes(const weft_resampler *resampler, bool separable, weft_window pixels, int64_t band_cols);

/* Bytes that one cell may need at once, wherever it lies and, where not separable, however it is turned. */
int64_t weft_patch_cell_bytes(const weft_resampler *resampler, bool separable);

#endif
