/* Between the files of this folder only: where the files of one pixel lattice lie in their union.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MOSAIC_PLACES_H
#define WEFT_RASTER_MOSAIC_PLACES_H

#include "raster/mosaic/mosaic_parts.h"

/* How far, in pixels, the pixels of two files may lie apart and still be joined as the same ones. */
#define WEFT_MOSAIC_FORGIVEN 1e-3

/* Whether a file at `place` (by the first one's pixels) may join: not where the group would be wider than a turn round
 * the world that is no whole number of pixels. Two of its columns would be one place. */
bool weft_mosaic_place_fits(const weft_mosaic_group *group, weft_window place);

/* Makes the union's corner the origin of all places, and gives the group's info its size and geotransform.
 *
 * Longitudes are the same a turn on. A group that is wider than a turn is laid out anew, each file by its longitude:
 * from the widest gap between files on, so that the union is as narrow as can be; where they leave no gap, from the
 * first file's corner on round the world, and then files may cross the union's ends (weft_mosaic_group.turn).
 *
 * errors  WEFT_ERR_MEMORY */
weft_status weft_mosaic_places_settle(weft_mosaic_group *group, weft_error *err);

#endif
