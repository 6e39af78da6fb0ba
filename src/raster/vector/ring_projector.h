/* Rings of polygons on a grid, or on a raster's pixels: corners transformed exactly, long sides cut until what is
 * straight in the file's CRS is as near to straight there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_RING_PROJECTOR_H
#define WEFT_RASTER_RING_PROJECTOR_H

#include "raster/crs/grid.h"

typedef struct weft_ring_projector weft_ring_projector; /* one thread at a time */

/* Where rings are laid: columns and rows of the grid's cells, or of a raster's pixels, rotated or not. */
typedef struct weft_ring_target {
    const weft_crs *crs; /* borrowed */
    weft_bounds bounds;
    double geotransform[6];
} weft_ring_target;

weft_ring_target weft_ring_target_of_grid(const weft_grid *grid);
weft_ring_target weft_ring_target_of_raster(const weft_crs *crs, const double geotransform[6], int64_t cols,
                                            int64_t rows);

/* A ring in columns and rows of the target. Owned by the projector, until the next. */
typedef struct weft_grid_ring {
    double *u, *v;
    int64_t count;
    double left, right; /* of all u */
} weft_grid_ring;

/* Errors: those of weft_transform_new(). */
weft_status weft_ring_projector_new(weft_ring_projector **out, const weft_crs *from, const weft_ring_target *target,
                                    weft_error *err);
/* NULL is fine. */
void weft_ring_projector_free(weft_ring_projector *projector);

/* Columns in a whole turn, where the target's CRS is geographic and its columns are longitudes; else 0. Then rings run on
 * over them. */
double weft_ring_projector_turn(const weft_ring_projector *projector);

/* x and y, closed, are changed. Of a ring that reaches where the target's projection gives no place, or another's
 * (way_back.h), the part around the target is laid, half its size on each side; corners of others that have no place are left out. Errors: WEFT_ERR_MEMORY;
 * WEFT_ERR_DATA: the ring goes round a pole, which a grid of longitudes and latitudes cannot show. */
weft_status weft_ring_projector_run(weft_ring_projector *projector, double *x, double *y, int64_t count,
                                    weft_grid_ring *out, weft_error *err);

/* Corners that were left out so far. */
int64_t weft_ring_projector_lost(const weft_ring_projector *projector);

#endif
