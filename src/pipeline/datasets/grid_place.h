/* Where the grid will lie, before the rasters of a catalog are chosen by it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GRID_PLACE_H
#define WEFT_PIPELINE_GRID_PLACE_H

#include "config/config.h"
#include "raster/crs/grid.h"

/* The grid's bounds in longitude and latitude, and some more around them: as many cells as kernels reach, and what the
 * search may be off by. west over east: across the meridian of 180 degrees.
 *
 * known   false where they depend on other rasters than one file: extent: union, or a mosaic's; or where nothing of the
 *         grid is on Earth. A file that does not open is no error here: whoever plans the grid will say so
 * errors  WEFT_ERR_MEMORY */
weft_status weft_grid_place_find(double bbox[4], bool *known, const weft_config *config, weft_error *err);

/* The box in longitudes and latitudes of WGS 84 around all of the bounds, with a pole that lies inside; west over east
 * where it crosses the meridian of 180 degrees. *known: some of it has a place there. Errors: WEFT_ERR_DATA (PROJ knows no
 * way), WEFT_ERR_MEMORY. */
weft_status weft_grid_place_box(double bbox[4], bool *known, const weft_crs *crs, weft_bounds bounds, weft_error *err);

#endif
