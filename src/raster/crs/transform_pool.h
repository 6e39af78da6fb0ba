/* Transforms between two CRSs for all threads, of which each has one at a time.
 *
 * The first is made where the pool is, the others are its clones. A thread that makes a transform opens PROJ's database
 * in a context of its own and keeps it as long as it lives, 0.6 MiB; one that clones does not.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TRANSFORM_POOL_H
#define WEFT_RASTER_TRANSFORM_POOL_H

#include "core/threads/object_pool.h"
#include "raster/crs/crs.h"
#include "raster/crs/grid.h"

/* Pools whose first transform is worth keeping where memory is short, of some 84 KiB each. */
#define WEFT_TRANSFORMS_KEPT 16

typedef struct weft_transform_pool weft_transform_pool;

/* From the grid's CRS to `to`, for the grid's area. Both outlive the pool. Errors: those of weft_transform_new(). */
weft_status weft_transform_pool_new(weft_transform_pool **out, const weft_grid *grid, const weft_crs *to,
                                    weft_error *err);
/* Every transform is idle. NULL is fine. */
void weft_transform_pool_free(weft_transform_pool *pool);

/* Transforms n points in place, as weft_transform_points() does: the same bits on every thread. Those off the map of
 * the grid's projection, and those that are lost (below), become (NaN, NaN); where that map has an edge (outline.h), longitudes run on over all of it
 * from weft_transform_pool_west(). Any thread. Errors: those of weft_transform_new(). */
weft_status weft_transform_pool_points(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err);

/* Whether some places of the grid are lost: they get coordinates that are another place's (way_back.h), which counts as
 * none. */
bool weft_transform_pool_may_lose(const weft_transform_pool *pool);
/* Whether all of n places are lost; false: perhaps not. Changes x and y. Any thread. */
bool weft_transform_pool_loses_all(weft_transform_pool *pool, int64_t n, double *x, double *y);

/* Whether the map of the grid's projection has an edge. */
bool weft_transform_pool_has_edge(const weft_transform_pool *pool);
/* The longitude that longitudes run on from, in `to`, where the map has an edge. */
double weft_transform_pool_west(const weft_transform_pool *pool);
/* Replaces n places off the map by the places on its edge that corners of cells take there (weft_outline_edge()). The
 * map has an edge. Any thread. Errors: those of weft_transform_new(). */
weft_status weft_transform_pool_edge(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err);

void weft_transform_pool_read_stats(const weft_transform_pool *pool, weft_pool_stats *out);
/* Frees what nobody uses, and the first only on request: the next to need one would open the database. Any thread. */
void weft_transform_pool_free_idle(weft_transform_pool *pool, bool keep_first);

#endif
