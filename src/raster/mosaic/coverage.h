/* Where a mosaic's sources of one CRS and the grid meet, roughly but never too little: so that sources and windows
 * which have nothing to do with each other are left alone.
 *
 * The grid is cut into 64 x 64 boxes at most, whose corners are projected; and the sources' bounds are transformed the
 * other way. A window is left out only if both say that it is apart: one is blind where a source holds a pole, the
 * other where a grid box does. Which sources lie under a window, an index by their bounds in the CRS tells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_COVERAGE_H
#define WEFT_RASTER_COVERAGE_H

#include "raster/crs/crs_pair.h"
#include "raster/source/source.h"

typedef struct weft_coverage weft_coverage; /* immutable once finished: any thread may read */

/* pair   not kept after weft_coverage_finish()
 * errors WEFT_ERR_MEMORY, the pair's */
weft_status weft_coverage_new(weft_coverage **out, weft_crs_pair *pair, weft_error *err);

/* Takes a source in, as number `id`. parts: `part_count` rectangles of its pixels; *under_grid is raised by how many of
 * them lie under the grid, in whole or in part, as far as the boxes tell. Errors: WEFT_ERR_MEMORY. */
weft_status weft_coverage_add(weft_coverage *coverage, const weft_source *source, int id, const weft_window *parts,
                              int part_count, int *under_grid, weft_error *err);

/* When all sources are there. Errors: WEFT_ERR_MEMORY. */
weft_status weft_coverage_finish(weft_coverage *coverage, weft_error *err);
/* NULL is fine. */
void weft_coverage_free(weft_coverage *coverage);

/* Whether cells of this window of the grid may have a value from one of the sources. */
bool weft_coverage_may_have_value(const weft_coverage *coverage, weft_window cells);

/* Calls `visit` for each source whose bounds, and a pixel around them, touch `box` in the CRS, until it returns false.
 */
void weft_coverage_find(const weft_coverage *coverage, weft_bounds box, bool (*visit)(void *payload, int id),
                        void *payload);

#endif
