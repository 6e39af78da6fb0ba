/* Coordinate reference systems and the exact transforms between them, through GDAL and PROJ.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CRS_H
#define WEFT_RASTER_CRS_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_crs weft_crs; /* immutable after creation: any thread may read */

struct weft_bounds;

/* Anything PROJ reads: "EPSG:31985", WKT, a PROJ string, PROJJSON. Axes are x (easting, longitude) then y always; a
 * vertical part is left out.
 * Errors: WEFT_ERR_DATA with the text and PROJ's reason. */
weft_status weft_crs_parse(weft_crs **out, const char *definition, weft_error *err);
weft_status weft_crs_copy(weft_crs **out, const weft_crs *crs, weft_error *err);

/* The geographic CRS that a CRS is projected from, or one that is geographic itself, in degrees. NULL, and WEFT_OK: it
 * has none. */
weft_status weft_crs_geographic(weft_crs **out, const weft_crs *crs, weft_error *err);
void weft_crs_free(weft_crs *crs);

/* WKT2; owned by the CRS. */
const char *weft_crs_wkt(const weft_crs *crs);
/* "EPSG:31985" where it has a code, else its name; owned by the CRS. */
const char *weft_crs_name(const weft_crs *crs);
/* PROJJSON, on the heap: weft_crs_projjson_free(); NULL: PROJ has none of it, or no memory. */
char *weft_crs_projjson(const weft_crs *crs);
void weft_crs_projjson_free(char *text);
bool weft_crs_is_geographic(const weft_crs *crs);
/* A whole turn of longitude in the CRS's unit: 360 degrees, 400 grads. 0: x is no longitude. */
double weft_crs_turn(const weft_crs *crs);
bool weft_crs_equal(const weft_crs *a, const weft_crs *b);

/* A transform between two CRSs. One thread at a time; weft_transform_pool hands them out. */
typedef struct weft_transform weft_transform;

/* `area` (in `area_crs`; both NULL: unknown): where it will be used, which fixes PROJ's ranking of operations. Errors:
 * WEFT_ERR_DATA (PROJ knows no way), WEFT_ERR_MEMORY. */
weft_status weft_transform_new(weft_transform **out, const weft_crs *from, const weft_crs *to, const weft_crs *area_crs,
                               const struct weft_bounds *area, weft_error *err);
/* To longitudes and latitudes of WGS 84, in degrees, wherever it is used; of a CRS that is projected from these nothing
 * else is asked of PROJ. Errors: as above. */
weft_status weft_transform_to_degrees(weft_transform **out, const weft_crs *from, weft_error *err);
/* One more like it, which nobody uses meanwhile, for another thread. NULL: PROJ cannot. It may also give positions
 * other than the first's where memory ran out. */
weft_transform *weft_transform_clone(const weft_transform *transform);
/* The same operations the other way. NULL: PROJ cannot, or memory ran out. */
weft_transform *weft_transform_inverse(const weft_transform *transform);
void weft_transform_free(weft_transform *transform);

/* Transforms n points in place. A point that does not transform becomes (NaN, NaN); that is not an error. The result
 * for a point does not depend on the others. */
void weft_transform_points(weft_transform *transform, int64_t n, double *x, double *y);

/* Bounds in another CRS, edges densified (21 points a side). `turn` of longitudes there: they run on along the edges, so
 * that bounds across the antimeridian are as narrow as elsewhere; 0: from the least to the greatest x. Errors:
 * WEFT_ERR_DATA when no point transforms. */
weft_status weft_transform_bounds(weft_transform *transform, const struct weft_bounds *in, double turn,
                                  struct weft_bounds *out, weft_error *err);

/* The CRS with this code, as AUTHORITY:CODE ("EPSG:3035" for 3035): EPSG's where EPSG has it, else that of the first
 * authority in PROJ's database that has. Owned by the caller; NULL: nobody has it, or memory ran out. Any thread. */
char *weft_crs_code_owner(const char *code);

#endif
