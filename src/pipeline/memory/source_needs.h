/* How much memory a source needs under a grid: for decoded blocks, and for the patches of pixels that workers hold. It is
 * estimated from a few projected points; no pixel is read. All errors are the projector's.
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

/* Bytes of one block of all bands that are read, each rounded up to whole pages. `masked` NULL: all have a mask. */
double weft_block_bytes(const weft_source_info *info, weft_band_masked_fn masked);

/* Bytes of one block, with a mask, of the band whose values are widest: the least that one worker needs to decode. */
int64_t weft_block_bytes_largest(const weft_source_info *info);

/* Bytes of the four blocks that meet in a corner, with masks, and of all bands that are decoded with them. A worker needs
 * them in turn for cells along a corner. Fewer than four where the source has only one block along an axis. */
double weft_block_bytes_corner(const weft_source_info *info);

/* A net of points at which a part of the grid is projected. */
typedef struct weft_touch_net {
    int points;       /* along each side, at least 2; lines between them are taken to be nearly straight */
    double inset;     /* cells between the part's edge and the outer points: 0.5 for centres alone, 0 with corners */
    double margin[2]; /* pixels to add on each side: the kernel's support along u and v */
} weft_touch_net;

/* The pixels under `part` of the grid, clipped to the source; empty where there are none. For a source that wraps: all
 * columns. If a point does not transform: the whole source. */
weft_status weft_touched_pixels(weft_window *out, const weft_source *source, weft_projector *projector,
                                weft_window part, const weft_touch_net *net, weft_error *err);

/* All blocks that the grid touches, of all bands that are read, decoded, in whole pages. */
typedef struct weft_touched_blocks {
    double count;         /* each band's own */
    double usually_bytes; /* with masks where the file says that something may be missing */
    double max_bytes;     /* with those of float bands too, which may hold NaN */
} weft_touched_blocks;

/* scale: source pixels a cell, along u and v. */
weft_status weft_touched_blocks_count(weft_touched_blocks *out, const weft_grid *grid, const weft_source *source,
                                      weft_projector *projector, const double scale[2], weft_error *err);

/* Bytes of decoded blocks, masks included, that n consecutive grid rows touch: at most line_bytes + n * row_bytes.
 *
 * A source that is rotated against the grid, or has high blocks, has blocks that two chunks touch. They are decoded only
 * once if the cache holds all blocks that a chunk touches. Those of a line are the ones that it passes and those that
 * kernels reach from there, not all in the rectangle around it. */
typedef struct weft_block_sweep {
    int64_t line_bytes; /* under one line across the grid */
    double row_bytes;   /* for each row more */
} weft_block_sweep;

/* Measures it at a few lines across the grid; reads no pixel. Zeros where none of them meets the source.
 *
 * scale_y  source pixels per cell along v */
weft_status weft_block_sweep_measure(weft_block_sweep *out, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, double scale_y, weft_error *err);

/* Bytes for a patch of `pixels` (the pixels, their mask, and the kernel's scratch) under a band of cells that is
 * `band_cols` wide; a large number where it is over 10^15.
 *
 * separable   the lattice's: columns and rows are apart, and weights are made once for each */
int64_t weft_patch_bytes(const weft_resampler *resampler, bool separable, weft_window pixels, int64_t band_cols);

/* The most bytes that one cell may need, wherever it lies, and where not separable, whatever its rotation. */
int64_t weft_patch_cell_bytes(const weft_resampler *resampler, bool separable);

#endif
