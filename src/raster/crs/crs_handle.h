/* Between the files of this folder only: the GDAL object behind a CRS.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CRS_HANDLE_H
#define WEFT_RASTER_CRS_HANDLE_H

#include "core/status.h"

#include <ogr_srs_api.h>

typedef struct weft_crs weft_crs;
struct weft_bounds;

/* Borrowed. GDAL's object is not to be changed; reading calls are made while no other thread has it. */
OGRSpatialReferenceH weft_crs_handle(const weft_crs *crs);

/* Takes `handle` over, also on failure. */
weft_status weft_crs_wrap(weft_crs **out, OGRSpatialReferenceH handle, weft_error *err);

/* `area`, of `crs`, in degrees of longitude and latitude as PROJ takes areas of interest: west may be over east, across
 * the antimeridian. *known is false when it cannot be said. Without memory to say it, PROJ might choose another
 * operation than it would have: WEFT_ERR_MEMORY. */
weft_status weft_transform_area(const weft_crs *crs, const struct weft_bounds *area, struct weft_bounds *out,
                                bool *known, weft_error *err);

#endif
