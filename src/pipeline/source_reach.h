/* What part of a source lies under a rectangle of the grid: a box of pixels, found by projecting a few points. It says
 * how much of memory a run will really fill, never what is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SOURCE_REACH_H
#define WEFT_PIPELINE_SOURCE_REACH_H

#include "core/window.h"
#include "raster/grid.h"
#include "raster/projector.h"
#include "raster/source.h"

/* Pixels under `part` of the grid, clipped to the source; empty where none are.
 *
 * points   looked at along each side of `part`, at least 2; lines between them are taken to be nearly straight
 * margin   pixels that are added on each side, for what kernels reach
 * errors   the projector's. A point that does not transform makes it the whole source */
weft_status weft_source_reach(weft_window *out, const weft_source *source, weft_projector *projector, weft_window part,
                              int points, const double margin[2], weft_error *err);

/* Bytes of the decoded blocks that the whole grid touches, of all bands that are read, in whole pages.
 *
 * usually  with masks where the file says that something may be missing
 * most     with those of float bands too, which may hold NaN
 * scale    source pixels a cell, along u and v
 * errors   the projector's */
weft_status weft_source_reach_blocks(double *usually, double *most, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, const double scale[2], weft_error *err);

#endif
