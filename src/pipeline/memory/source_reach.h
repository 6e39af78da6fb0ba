/* What part of a source lies under a rectangle of the grid: a box of pixels, found by projecting a few points. It says
 * how much of memory a run will really fill, never what is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SOURCE_REACH_H
#define WEFT_PIPELINE_SOURCE_REACH_H

#include "core/window.h"
#include "raster/crs/grid.h"
#include "raster/source/projector.h"
#include "raster/source/source.h"

/* Where a part of the grid is looked at. */
typedef struct weft_touch_net {
    int points;       /* along each side, at least 2; lines between them are taken to be nearly straight */
    double inset;     /* cells between the part's edge and the outer points: 0.5 for centres alone, 0 with corners */
    double margin[2]; /* pixels that are added on each side, for what kernels reach */
} weft_touch_net;

/* Pixels under `part` of the grid, clipped to the source; empty where none are. All columns of a source that wraps.
 * Errors: the projector's. A point that does not transform makes it the whole source. */
weft_status weft_touched_pixels(weft_window *out, const weft_source *source, weft_projector *projector,
                                weft_window part, const weft_touch_net *net, weft_error *err);

/* Decoded blocks that the whole grid touches, of all bands that are read, in whole pages. */
typedef struct weft_touched_blocks {
    double count;         /* each band's own */
    double usually_bytes; /* with masks where the file says that something may be missing */
    double max_bytes;     /* with those of float bands too, which may hold NaN */
} weft_touched_blocks;

/* scale: source pixels a cell, along u and v. Errors: the projector's. */
weft_status weft_touched_blocks_count(weft_touched_blocks *out, const weft_grid *grid, const weft_source *source,
                                      weft_projector *projector, const double scale[2], weft_error *err);

#endif
