/* Where a source and the grid meet, roughly but never too little: so that files and windows which have nothing to do
 * with each other are left alone.
 *
 * The grid is cut into 64 x 64 boxes at most, whose corners are projected; and the source's bounds are transformed the
 * other way. A window is left out only if both say that it is apart: one is blind where the source holds a pole, the
 * other where a grid box does.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_COVERAGE_H
#define WEFT_RASTER_COVERAGE_H

#include "raster/projector.h"

typedef struct weft_coverage weft_coverage; /* immutable after creation: any thread may read */

/* grid, source   not kept
 * parts          `part_count` rectangles of source pixels; *under_grid says how many of them lie under the grid, in
 * whole or in part, as far as the boxes tell errors         WEFT_ERR_MEMORY, the projector's */
weft_status weft_coverage_new(weft_coverage **out, const weft_grid *grid, const weft_source *source,
                              weft_projector *projector, const weft_window *parts, int part_count, int *under_grid,
                              weft_error *err);
/* NULL is fine. */
void weft_coverage_free(weft_coverage *coverage);

/* Whether cells of this window of the grid may have a value from the source. */
bool weft_coverage_may_reach(const weft_coverage *coverage, weft_window cells);

#endif
