/* SPDX-License-Identifier: MIT
 *
 * Projections are asked for places, whatever their names: one that maps places of the globe and brings none of them
 * back has no inverse. */
#include "raster/crs/projection_limits.h"

#include "raster/crs/crs_handle.h"

#include <math.h>

#define SIDE      9    /* places a side of a net over the globe */
#define NEAR_POLE 1e-7 /* degrees: a centimetre, on the globe */
/* Radii of the globe. A whole map is some 6 wide. Mercator's is 20 away this near to its poles, where conic and polar
 * maps are beyond 100,000. */
#define FAR_AWAY 100

/* The way from longitude and latitude of the CRS's own datum, or back. NULL: none, or no longitudes. */
static weft_transform *way(const weft_crs *crs, bool back, weft_status *status, weft_error *err) {
    weft_crs *globe = NULL;
    weft_transform *out = NULL;
    *status = weft_crs_geographic(&globe, crs, err);
    if (globe == NULL) return NULL;
    *status = weft_transform_new(&out, back ? crs : globe, back ? globe : crs, NULL, NULL, err);
    weft_crs_free(globe);
    return out;
}

static int count_places(const double *x, const double *y) {
    int count = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
        count += isfinite(x[i]) && isfinite(y[i]);
    return count;
}

weft_status weft_projection_check_inverse(const weft_crs *crs, weft_error *err) {
    double x[SIDE * SIDE], y[SIDE * SIDE];
    weft_error own = {0};
    weft_status status;
    int mapped = 0, brought_back = 0;
    if (weft_crs_is_geographic(crs)) return WEFT_OK;
    weft_transform *forth = way(crs, false, &status, &own);
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = own;
    if (forth == NULL) return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
    for (int i = 0; i < SIDE * SIDE; i++) {
        x[i] = -180 + 360 * (i % SIDE + 0.5) / SIDE;
        y[i] = -90 + 180 * (i / SIDE + 0.5) / SIDE;
    }
    weft_transform_points(forth, SIDE * SIDE, x, y);
    weft_transform_free(forth);
    mapped = count_places(x, y);
    weft_transform *back = way(crs, true, &status, &own);
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = own;
    if (status == WEFT_ERR_MEMORY) return status;
    if (back != NULL) {
        weft_transform_points(back, SIDE * SIDE, x, y);
        brought_back = count_places(x, y);
    }
    weft_transform_free(back);
    if (mapped == 0 || brought_back > 0) return WEFT_OK;
    const char *name = OSRGetAttrValue(weft_crs_handle(crs), "PROJECTION", 0);
    weft_error_set(err, WEFT_ERR_DATA,
                   "PROJ cannot invert the projection of the grid's CRS, %s, so that no cell can be given a place",
                   name != NULL ? name : weft_crs_name(crs));
    weft_error_hint(err,
                    "take another projection, or rasters that are in this CRS already: gdalwarp -t_srs makes them");
    return WEFT_ERR_DATA;
}

const char *weft_projection_pole_at_infinity(const weft_crs *crs, weft_bounds bounds) {
    double x[2] = {0, 0}, y[2] = {90 - NEAR_POLE, -90 + NEAR_POLE};
    double unit = OSRGetLinearUnits(weft_crs_handle(crs), NULL);
    double far_away = FAR_AWAY * OSRGetSemiMajor(weft_crs_handle(crs), NULL) / (unit > 0 ? unit : 1);
    weft_status status;
    if (weft_crs_is_geographic(crs) || fmax(bounds.xmax - bounds.xmin, bounds.ymax - bounds.ymin) < far_away)
        return NULL;
    weft_transform *forth = way(crs, false, &status, NULL);
    if (forth == NULL) return NULL;
    weft_transform_points(forth, 2, x, y);
    weft_transform_free(forth);
    for (int i = 0; i < 2; i++)
        if (!(hypot(x[i], y[i]) < far_away)) return i == 0 ? "north" : "south";
    return NULL;
}
