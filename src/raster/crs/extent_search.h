/* Between the files of this folder only: what an area covers once it is mapped, however the map folds it.
 *
 * Bounds of an outline are wrong where a pole lies inside, where the map is cut inside (the antimeridian of a world
 * map), and where the outline has no image (the corners of a full disc). So the inside is looked at too.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_EXTENT_SEARCH_H
#define WEFT_RASTER_EXTENT_SEARCH_H

#include "core/status.h"
#include "raster/crs/grid.h"

/* An area, as a square of shares 0 to 1 of its width and height. */
typedef struct weft_extent_search {
    /* Replaces n shares by their images; NaN where there is none. The image of a point does not depend on the others.
     */
    void (*map)(void *payload, int64_t n, double *x, double *y);
    void *payload;
    double turn;         /* a whole turn: x of images is longitude, of any turn, and y latitude; 0: it is not */
    double tolerance[2]; /* of the bounds in x and y: what is less than this is not searched for */
} weft_extent_search;

/* Finds the bounds of all images. Of longitudes it is the narrowest range that holds them, of any turn; a turn wide
 * where they go all round.
 *
 * found   false: no point of the area has an image; *out is not set
 * errors  WEFT_ERR_MEMORY */
weft_status weft_extent_search_run(const weft_extent_search *search, weft_bounds *out, bool *found, weft_error *err);

#endif
