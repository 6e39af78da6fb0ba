/* The target: a CRS, an origin, a cell size, columns x rows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_GRID_H
#define WEFT_RASTER_GRID_H

#include "raster/crs/crs.h"

#include <stdint.h>

/* Cell (col, row) covers x = origin_x + col * res_x ... + res_x, y = origin_y - row * res_y ... - res_y: origin is the
 * top left corner, res_x and res_y are positive, row 0 is the top. */
typedef struct weft_grid {
    weft_crs *crs; /* owned */
    double origin_x, origin_y;
    double res_x, res_y; /* CRS units a cell */
    int64_t cols, rows;
    struct weft_outline *outline; /* borrowed; NULL: all of it is on the map of its projection (outline.h) */
} weft_grid;

/* xmin, ymin, xmax, ymax in some CRS. */
typedef struct weft_bounds {
    double xmin, ymin, xmax, ymax;
} weft_bounds;

/* Which lines bounds may lie on. */
typedef enum weft_grid_fit {
    WEFT_GRID_ALIGNED, /* bounds snap outward to multiples of the resolution from the anchor */
    WEFT_GRID_WHOLE,   /* they must hold whole cells */
    WEFT_GRID_PLACES,  /* aligned; only says where things are: its cells are never counted, and may be 2^53 a side */
} weft_grid_fit;

/* Makes the grid that covers `bounds`. All is to 1e-6 of a cell.
 *
 * anchor   x, y of a corner of cells, where bounds snap; NULL: 0, 0
 * crs      copied
 * errors   WEFT_ERR_DATA (not finite, empty, not whole cells, more than 2^53 cells in all or 2^31 - 1 a side, unless they are places) */
weft_status weft_grid_from_bounds(weft_grid *out, const weft_crs *crs, weft_bounds bounds, double res_x, double res_y,
                                  weft_grid_fit fit, const double anchor[2], weft_error *err);

void weft_grid_dispose(weft_grid *grid);
weft_bounds weft_grid_bounds(const weft_grid *grid);

#endif
