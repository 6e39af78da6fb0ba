/* What a projection cannot do, for messages that say why a grid in it cannot be made.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PROJECTION_LIMITS_H
#define WEFT_RASTER_PROJECTION_LIMITS_H

#include "raster/crs/crs.h"
#include "raster/crs/grid.h"

/* Whether places of a map can be brought back to longitude and latitude. PROJ has no such formula for some projections
 * (Wagner VII among them). True for all else, and for CRSs without longitudes.
 * Errors: WEFT_ERR_DATA, naming the projection. WEFT_ERR_MEMORY. */
weft_status weft_projection_check_inverse(const weft_crs *crs, weft_error *err);

/* "north" or "south": the pole that the projection puts at infinity, where `bounds` in its units go within a kilometre of
 * it. Mercator does so with both, a polar map with the other one. NULL: neither. Any thread. */
const char *weft_projection_pole_at_infinity(const weft_crs *crs, weft_bounds bounds);

/* The area of use that PROJ's database has for a projected CRS, in its units. False: it has none, or one that reaches a
 * pole at infinity. Any thread. */
bool weft_projection_area_of_use(const weft_crs *crs, weft_bounds *out);

/* Bounds beyond which coordinates are no place that a map is made for: two turns of longitude, 100 radii of a projected
 * CRS. Infinite for one without longitudes. Any thread. */
weft_bounds weft_projection_horizon(const weft_crs *crs);

#endif
