/* Where the sources of a dataset that have one CRS and the grid may meet: an estimate that may say too much, never too little.
 * Windows and sources that cannot meet are passed over without being read.
 *
 * There are two tests. The grid is cut into at most 64 x 64 boxes, whose corners are projected into the CRS; and the
 * sources' bounds are transformed to the grid. The first fails where a box of the grid has a pole inside, the second
 * where a source has. So a window is left out only if both say that it meets no source. An index of the sources' bounds
 * in the CRS says which of them lie under a window.
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

/* Adds a source, as number `id`. parts: `part_count` rectangles of its pixels, which are a mosaic's files; *under_grid
 * is increased by how many of them may lie under the grid, in whole or in part. Errors: WEFT_ERR_MEMORY. */
weft_status weft_coverage_add(weft_coverage *coverage, const weft_source *source, int id, const weft_window *parts,
                              int part_count, int *under_grid, weft_error *err);

/* To be called after the last source was added, and before anything is asked. Errors: WEFT_ERR_MEMORY. */
weft_status weft_coverage_finish(weft_coverage *coverage, weft_error *err);
/* NULL is fine. */
void weft_coverage_free(weft_coverage *coverage);

/* Whether cells of this window of the grid may have a value from one of the sources. */
bool weft_coverage_may_have_value(const weft_coverage *coverage, weft_window cells);

/* Iterates over the columns of `cells` that may have a value, from left to right: sets `part` to the next columns side by
 * side, with all rows. `part` is empty before the first call. Returns false at the end. */
bool weft_coverage_next(const weft_coverage *coverage, weft_window cells, weft_window *part);

/* Calls `visit` for each source whose bounds, and a pixel around them, touch `box` in the CRS, until it returns false.
 */
void weft_coverage_find(const weft_coverage *coverage, weft_bounds box, bool (*visit)(void *payload, int id),
                        void *payload);

#endif
