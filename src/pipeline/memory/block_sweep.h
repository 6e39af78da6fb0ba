/* How much of a source a run holds at once that goes through the grid from top to bottom.
 *
 * Chunks are bands of grid rows. A source that is turned against the grid, or has high blocks, meets the same blocks in
 * two chunks: they are decoded once only if the cache holds all that a chunk touches.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BLOCK_SWEEP_H
#define WEFT_PIPELINE_BLOCK_SWEEP_H

#include "raster/crs/grid.h"
#include "raster/source/projector.h"
#include "raster/source/source.h"

/* Bytes of decoded blocks, masks included. A band of n rows touches at most line_bytes + n * row_bytes. */
typedef struct weft_block_sweep {
    int64_t line_bytes; /* under one line across the grid */
    double row_bytes;   /* for each row more */
} weft_block_sweep;

/* Looks at a few lines of the grid; reads no pixel. Nothing for a source that none of them meets.
 *
 * scale_y  source pixels a cell along v
 * errors   the projector's */
weft_status weft_block_sweep_measure(weft_block_sweep *out, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, double scale_y, weft_error *err);

#endif
