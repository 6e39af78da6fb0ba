/* SPDX-License-Identifier: MIT
 *
 * Projections are asked for places, whatever their names: one that maps places of the globe and brings none of them
 * back has no inverse. */
#include "raster/crs/projection_limits.h"

#include "raster/crs/crs_handle.h"

#include <math.h>

#define SIDE    9    /* places a side of a net over the globe */
#define ROUND   8    /* longitudes round a pole */
#define REACHED 1e-2 /* degrees from a pole, a kilometre: what comes nearer reaches it */
/* Of the last step, 100 times nearer to a pole. A pole that is on the map takes a hundredth of it, or a tenth where
 * parallels crowd or spread there. Mercator takes as long a step each time, conic and polar maps longer ones. */
#define STEP_LEFT 0.9
/* Radii of the globe. A whole map is some 6 wide. */
#define HORIZON 100

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

/* Whether the map has a pole at infinity: the way there gets no shorter. PROJ's own answer for a pole may be finite. */
static bool is_at_infinity(weft_transform *forth, double pole) {
    double x[3] = {0}, y[3];
    for (int i = 0; i < 3; i++)
        y[i] = pole > 0 ? 90 - REACHED * pow(100, -i) : REACHED * pow(100, -i) - 90;
    weft_transform_points(forth, 3, x, y);
    return hypot(x[2] - x[1], y[2] - y[1]) > STEP_LEFT * hypot(x[1] - x[0], y[1] - y[0]);
}

/* Whether bounds reach a place, seen from the middle of the map: only the way that is farther counts. */
static bool reach(weft_bounds bounds, double x, double y) {
    if (fabs(x) > fabs(y)) return x > 0 ? bounds.xmax >= x : bounds.xmin <= x;
    return y > 0 ? bounds.ymax >= y : bounds.ymin <= y;
}

static bool reach_pole(weft_transform *forth, double pole, weft_bounds bounds) {
    double x[ROUND], y[ROUND];
    bool any = false;
    for (int i = 0; i < ROUND; i++) {
        x[i] = 360.0 * i / ROUND - 180;
        y[i] = pole > 0 ? 90 - REACHED : REACHED - 90;
    }
    weft_transform_points(forth, ROUND, x, y);
    for (int i = 0; i < ROUND; i++)
        any = any || (isfinite(x[i]) && reach(bounds, x[i], y[i]));
    return any;
}

const char *weft_projection_pole_at_infinity(const weft_crs *crs, weft_bounds bounds) {
    weft_status status;
    const char *out = NULL;
    weft_transform *forth = weft_crs_is_geographic(crs) ? NULL : way(crs, false, &status, NULL);
    if (forth == NULL) return NULL;
    if (is_at_infinity(forth, 1) && reach_pole(forth, 1, bounds))
        out = "north";
    else if (is_at_infinity(forth, -1) && reach_pole(forth, -1, bounds))
        out = "south";
    weft_transform_free(forth);
    return out;
}

bool weft_projection_area_of_use(const weft_crs *crs, weft_bounds *out) {
    double west, south, east, north;
    weft_status status;
    if (weft_crs_is_geographic(crs) || !OSRGetAreaOfUse(weft_crs_handle(crs), &west, &south, &east, &north, NULL) ||
        !(south < north))
        return false;
    weft_bounds degrees = {west, south, east < west ? east + 360 : east, north};
    weft_transform *forth = way(crs, false, &status, NULL);
    bool known = forth != NULL && weft_transform_bounds(forth, &degrees, 0, out, NULL) == WEFT_OK;
    weft_transform_free(forth);
    return known && weft_projection_pole_at_infinity(crs, *out) == NULL;
}

weft_bounds weft_projection_horizon(const weft_crs *crs) {
    double turn = weft_crs_turn(crs), unit = OSRGetLinearUnits(weft_crs_handle(crs), NULL);
    double far_away = HORIZON * OSRGetSemiMajor(weft_crs_handle(crs), NULL) / (unit > 0 ? unit : 1);
    if (turn > 0) return (weft_bounds){-2 * turn, -turn / 4, 2 * turn, turn / 4};
    if (!OSRIsProjected(weft_crs_handle(crs))) far_away = INFINITY;
    return (weft_bounds){-far_away, -far_away, far_away, far_away};
}
