/* Whether places lead back from a projection to where they came from.
 *
 * The formulas of many projections go on beyond the area that they are made for: Krovak's gives places in the Norwegian
 * Sea the coordinates of Bohemia, and Transverse Mercator has no sense near 90 degrees from its meridian. A raster
 * would appear a second time there. A place counts if its coordinates are those of no other place.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_WAY_BACK_H
#define WEFT_RASTER_WAY_BACK_H

#include "raster/crs/crs.h"
#include "raster/crs/grid.h"

typedef struct weft_way_back weft_way_back; /* one thread at a time */

/* For `there`, which leads from the grid's CRS to one that is projected. NULL in *out where it is not needed: every
 * place of a net over the grid has coordinates, and comes back. Errors: WEFT_ERR_MEMORY. */
weft_status weft_way_back_new(weft_way_back **out, const weft_grid *grid, weft_transform *there, weft_error *err);
/* For `there`, which leads from `from` to any CRS. NULL in *out where nothing can be said. Errors: WEFT_ERR_MEMORY. */
weft_status weft_way_back_open(weft_way_back **out, const weft_crs *from, const weft_transform *there, weft_error *err);
/* For another thread, while nobody uses this one. NULL: no memory. */
weft_way_back *weft_way_back_clone(const weft_way_back *back);
/* NULL is fine. */
void weft_way_back_free(weft_way_back *back);

/* weft_transform_points() by `there` or a clone of it; places that do not come back become (NaN, NaN) too. NULL: all
 * count. */
void weft_way_back_points(weft_way_back *back, weft_transform *there, int64_t n, double *x, double *y);

/* Whether all of n places have coordinates, and none comes back. Changes x and y. */
bool weft_way_back_loses_all(weft_way_back *back, weft_transform *there, int64_t n, double *x, double *y);

#endif
