/* SPDX-License-Identifier: MIT
 *
 * Places are compared in degrees, where a map that repeats itself and one that does not are alike. A second copy lies
 * many degrees from the first; datums and inverse formulas that iterate differ by far less. */
#include "raster/crs/way_back.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 256
#define NET   21   /* places along a side of the net */
#define NEAR  1    /* degrees: so near a place must come back */
#define FAR   1e10 /* in units of the CRS: no place of the Earth, however long the unit is */

struct weft_way_back {
    weft_transform *back;    /* to the grid's CRS */
    weft_transform *degrees; /* from there to longitude and latitude; NULL: that is its own */
};

/* How a place fared. */
typedef enum fate { CAME_BACK, HAS_NONE, IS_LOST, CANNOT_TELL } fate;

void weft_way_back_free(weft_way_back *back) {
    if (back == NULL) return;
    weft_transform_free(back->back);
    weft_transform_free(back->degrees);
    free(back);
}

weft_way_back *weft_way_back_clone(const weft_way_back *back) {
    weft_way_back *clone = calloc(1, sizeof *clone);
    if (clone == NULL) return NULL;
    clone->back = weft_transform_clone(back->back);
    clone->degrees = back->degrees != NULL ? weft_transform_clone(back->degrees) : NULL;
    if (clone->back != NULL && (clone->degrees != NULL || back->degrees == NULL)) return clone;
    weft_way_back_free(clone);
    return NULL;
}

/* `far` from the projection's middle. That PROJ cannot invert a projection there says nothing: so it is at the edge of
 * some world maps. */
static fate compare(double far, double lon, double lat, double home_lon, double home_lat) {
    if (isnan(far)) return HAS_NONE;
    if (far > FAR) return IS_LOST;
    if (isnan(home_lon) || isnan(lon)) return CANNOT_TELL;
    double east = (home_lon - lon - 360 * round((home_lon - lon) / 360)) * cos(lat * acos(-1) / 180);
    return fabs(east) <= NEAR && fabs(home_lat - lat) <= NEAR ? CAME_BACK : IS_LOST;
}

/* Transforms at most BATCH places, and says of each how it fared. */
static void transform(weft_way_back *back, weft_transform *there, int64_t n, double *x, double *y, fate *fates) {
    double lon[BATCH], lat[BATCH], home_lon[BATCH], home_lat[BATCH];
    size_t bytes = (size_t)n * sizeof *x;
    memcpy(lon, x, bytes);
    memcpy(lat, y, bytes);
    weft_transform_points(there, n, x, y);
    memcpy(home_lon, x, bytes);
    memcpy(home_lat, y, bytes);
    weft_transform_points(back->back, n, home_lon, home_lat);
    if (back->degrees != NULL) {
        weft_transform_points(back->degrees, n, lon, lat);
        weft_transform_points(back->degrees, n, home_lon, home_lat);
    }
    for (int64_t i = 0; i < n; i++)
        fates[i] = compare(hypot(x[i], y[i]), lon[i], lat[i], home_lon[i], home_lat[i]);
}

void weft_way_back_points(weft_way_back *back, weft_transform *there, int64_t n, double *x, double *y) {
    fate fates[BATCH];
    if (back == NULL) {
        weft_transform_points(there, n, x, y);
        return;
    }
    for (int64_t done = 0; done < n; done += BATCH) {
        int64_t count = n - done < BATCH ? n - done : BATCH;
        transform(back, there, count, x + done, y + done, fates);
        for (int64_t i = 0; i < count; i++)
            if (fates[i] == IS_LOST) x[done + i] = y[done + i] = NAN;
    }
}

bool weft_way_back_loses_all(weft_way_back *back, weft_transform *there, int64_t n, double *x, double *y) {
    fate fates[BATCH];
    for (int64_t done = 0; done < n; done += BATCH) {
        int64_t count = n - done < BATCH ? n - done : BATCH;
        transform(back, there, count, x + done, y + done, fates);
        for (int64_t i = 0; i < count; i++)
            if (fates[i] != IS_LOST) return false;
    }
    return true;
}

/* A projection without a way back has no use here, and one that all of the net comes back from needs none. */
static bool is_needed(weft_way_back *back, const weft_grid *grid, weft_transform *there) {
    double x[NET], y[NET];
    fate fates[NET];
    int came_back = 0;
    for (int row = 0; row < NET; row++) {
        for (int col = 0; col < NET; col++) {
            x[col] = grid->origin_x + (col + 0.5) / NET * (double)grid->cols * grid->res_x;
            y[col] = grid->origin_y - (row + 0.5) / NET * (double)grid->rows * grid->res_y;
        }
        transform(back, there, NET, x, y, fates);
        for (int col = 0; col < NET; col++) {
            if (fates[col] == HAS_NONE || fates[col] == IS_LOST) return true;
            came_back += fates[col] == CAME_BACK;
        }
    }
    return came_back > 0 && came_back < NET * NET;
}

weft_status weft_way_back_open(weft_way_back **out, const weft_crs *from, const weft_transform *there,
                               weft_error *err) {
    weft_crs *globe = NULL;
    *out = NULL;
    weft_way_back *made = calloc(1, sizeof *made);
    if (made == NULL) return weft_error_no_memory(err, "a coordinate transform");
    weft_error reason = {0};
    weft_status status = weft_crs_geographic(&globe, from, &reason);
    if (status == WEFT_OK && globe != NULL && !weft_crs_equal(globe, from))
        status = weft_transform_new(&made->degrees, from, globe, NULL, NULL, &reason);
    if (status == WEFT_OK && globe != NULL) made->back = weft_transform_inverse(there);
    weft_crs_free(globe);
    if (made->back != NULL) {
        *out = made;
        return WEFT_OK;
    }
    weft_way_back_free(made);
    /* A CRS without longitudes, or without a way back, is taken as it is. */
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = reason;
    return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
}

weft_status weft_way_back_new(weft_way_back **out, const weft_grid *grid, weft_transform *there, weft_error *err) {
    weft_status status = weft_way_back_open(out, grid->crs, there, err);
    if (*out == NULL || is_needed(*out, grid, there)) return status;
    weft_way_back_free(*out);
    *out = NULL;
    return WEFT_OK;
}
