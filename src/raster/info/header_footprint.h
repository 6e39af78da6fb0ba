/* What a raster covers, in longitude and latitude of WGS 84.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_HEADER_FOOTPRINT_H
#define WEFT_RASTER_HEADER_FOOTPRINT_H

#include "core/files/catalog_records.h"
#include "raster/crs/crs.h"

#define WEFT_FOOTPRINT_POINTS 80

/* Its rings point into `points`, so it is not to be moved. */
typedef struct weft_header_footprint {
    weft_footprint footprint;
    weft_footprint_point points[WEFT_FOOTPRINT_POINTS];
} weft_header_footprint;

/* The outline of a raster, whose sides are cut in pieces so that they follow its edges. Where it crosses the meridian
 * of 180 degrees, has a pole inside, or reaches beyond the map of its projection, it is the box around all of the
 * raster, in two parts where the meridian cuts it.
 *
 * transform   from its CRS to longitude and latitude; no other thread has it
 * geographic  its CRS is of longitudes and latitudes
 * known       set to false where no part of it is on Earth; then *out is empty
 * errors      WEFT_ERR_MEMORY */
weft_status weft_header_footprint_find(weft_header_footprint *out, weft_transform *transform, bool geographic,
                                       const double geotransform[6], int64_t cols, int64_t rows, bool *known,
                                       weft_error *err);

#endif
