/* The way from the grid to one CRS, which all rasters of that CRS share: exact, through PROJ.
 *
 * Whoever has ten thousand rasters of one CRS projects a place once, and applies each raster's geotransform to it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CRS_PAIR_H
#define WEFT_RASTER_CRS_PAIR_H

#include "core/threads/object_pool.h"
#include "core/window.h"
#include "raster/crs/crs.h"
#include "raster/crs/grid.h"

typedef struct weft_crs_pair weft_crs_pair;

/* `grid` and `crs` outlive it. The grid's area fixes PROJ's choice of operation, so that it does not depend on the
 * rasters. Errors: those of weft_transform_new(). */
weft_status weft_crs_pair_new(weft_crs_pair **out, const weft_grid *grid, const weft_crs *crs, weft_error *err);
/* NULL is fine. */
void weft_crs_pair_free(weft_crs_pair *pair);

const weft_grid *weft_crs_pair_grid(const weft_crs_pair *pair);
const weft_crs *weft_crs_pair_crs(const weft_crs_pair *pair);
/* Whether it leads to this CRS, word for word. */
bool weft_crs_pair_leads_to(const weft_crs_pair *pair, const weft_crs *crs);
/* Whether the grid has this CRS too; then there are no transforms. */
bool weft_crs_pair_is_same(const weft_crs_pair *pair);

/* Replaces n grid coordinates (column, row) by CRS coordinates (x, y) in place; NaN where a point does not transform.
 * The result for a point does not depend on the others. Any thread. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL (a
 * transform cannot be made). */
weft_status weft_crs_pair_project(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err);

/* The same of places in the grid's CRS, on the grid or not. */
weft_status weft_crs_pair_transform(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err);

/* Whether the map of the grid's projection has an edge (outline.h), off which nothing has a place. Then longitudes run
 * on over the map from weft_crs_pair_west(). */
bool weft_crs_pair_has_edge(const weft_crs_pair *pair);
double weft_crs_pair_west(const weft_crs_pair *pair);
/* Replaces n grid coordinates off a map that has an edge by the places on the edge that corners of cells take there.
 * Any thread. Errors: weft_crs_pair_project()'s. */
weft_status weft_crs_pair_edge(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err);
/* Whether a window of the grid may be off, as weft_crs_pair_is_off() says it. */
bool weft_crs_pair_may_be_off(const weft_crs_pair *pair);
/* Whether a window of the grid, and two cells around it, are off a map that has an edge, or whether all of the window
 * gets coordinates of other places (way_back.h). False: perhaps not. Any thread. */
bool weft_crs_pair_is_off(const weft_crs_pair *pair, weft_window window);

/* weft_crs_pair_project(), for points that are asked for again and again while a run is planned, once a raster: what
 * was projected last is kept. One thread. */
weft_status weft_crs_pair_look(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err);

/* Bounds in the CRS as bounds in the grid's, edges densified, longitudes of any turn. *known is false where no point
 * transforms. One thread.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_crs_pair_to_grid(weft_crs_pair *pair, const weft_bounds *bounds, weft_bounds *out, bool *known,
                                  weft_error *err);

/* Frees what only planning needs; it is made anew when it is asked for. */
void weft_crs_pair_end_planning(weft_crs_pair *pair);

/* All 0 with one CRS. */
void weft_crs_pair_pool_stats(const weft_crs_pair *pair, weft_pool_stats *out);
/* The first transform goes only where it is not to be kept (transform_pool.h). Any thread. */
void weft_crs_pair_close_idle(weft_crs_pair *pair, bool keep_first);

#endif
