/* SPDX-License-Identifier: MIT
 *
 * The lobes of a map are found at 45 degrees north and south: where a step in longitude is a leap on the map, however
 * small the step is made, there is a cut. Each lobe keeps where its two sides lie on the map, latitude by latitude. */
#include "raster/crs/outline.h"

#include "core/threads/object_pool.h"
#include "raster/crs/crs_handle.h"
#include "raster/crs/outline_lobes.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BATCH    256
#define SIDE     128  /* points along a side of the grid */
#define NET      33   /* points along a side of the net inside */
#define SLACK    0.01 /* of a cell: how near a place must come back */
#define ROUNDING 1e-9 /* of the largest coordinate: what inverse formulas that iterate leave */
#define AT_CUT   1e-7 /* degrees: a place this near to the cut is on it */

/* The ways between the grid's CRS and its longitude and latitude; one thread at a time. */
typedef struct ways {
    weft_transform *back, *forth;
} ways;

struct weft_outline {
    const weft_grid *grid;
    weft_grid globe;
    double slack_x, slack_y, period; /* period: of a cylindrical map, along x; else 0 */
    weft_object_pool *pool;
    pthread_mutex_t lock; /* of the first ways, which are cloned */
    ways first;
    weft_outline_lobes *lobes; /* NULL: no edge is known */
};

/* --- ways --- */

static void free_ways(void *object) {
    ways *own = object;
    weft_transform_free(own->back);
    weft_transform_free(own->forth);
    free(own);
}

static weft_status make_ways(void *payload, void **out, weft_error *err) {
    weft_outline *outline = payload;
    ways *own = calloc(1, sizeof *own);
    *out = NULL;
    if (own != NULL) {
        pthread_mutex_lock(&outline->lock);
        own->back = weft_transform_clone(outline->first.back);
        own->forth = weft_transform_clone(outline->first.forth);
        pthread_mutex_unlock(&outline->lock);
    }
    *out = own;
    if (own != NULL && own->back != NULL && own->forth != NULL) return WEFT_OK;
    if (own != NULL) free_ways(own);
    *out = NULL;
    return weft_error_no_memory(err, "a coordinate transform");
}

/* Whether a place came back to itself, or to a whole turn of a cylindrical map from it. */
static bool came_back(const weft_outline *outline, double dx, double dy) {
    if (outline->period > 0) dx -= outline->period * round(dx / outline->period);
    return fabs(dx) <= outline->slack_x && fabs(dy) <= outline->slack_y;
}

static double running_longitude(const weft_outline *outline, double x, double y, double lon) {
    double west = weft_outline_west(outline), from_west = lon - west - 360 * floor((lon - west) / 360);
    if (from_west >= AT_CUT && from_west <= 360 - AT_CUT) return west + from_west;
    return weft_outline_lobes_is_left(outline->lobes, x, y) ? west : west + 360;
}

static void place(const weft_outline *outline, const ways *use, int64_t n, const double *x, const double *y,
                  double *lon) {
    double lat[BATCH], back_x[BATCH], back_y[BATCH];
    size_t bytes = (size_t)n * sizeof *x;
    memcpy(lon, x, bytes);
    memcpy(lat, y, bytes);
    weft_transform_points(use->back, n, lon, lat);
    memcpy(back_x, lon, bytes);
    memcpy(back_y, lat, bytes);
    weft_transform_points(use->forth, n, back_x, back_y);
    for (int64_t i = 0; i < n; i++) {
        if (!came_back(outline, back_x[i] - x[i], back_y[i] - y[i]))
            lon[i] = NAN;
        else if (outline->lobes != NULL)
            lon[i] = running_longitude(outline, x[i], y[i], lon[i]);
    }
}

weft_status weft_outline_longitudes(weft_outline *outline, int64_t n, const double *x, const double *y, double *lon,
                                    weft_error *err) {
    void *object = NULL;
    weft_status status = weft_object_pool_acquire(outline->pool, &object, err);
    if (status != WEFT_OK) return status;
    for (int64_t done = 0; done < n; done += BATCH)
        place(outline, object, n - done < BATCH ? n - done : BATCH, x + done, y + done, lon + done);
    weft_object_pool_release(outline->pool, object);
    return WEFT_OK;
}

/* --- making --- */

static bool line_is_on_map(const weft_outline *outline, double col, double row, double step_col, double step_row,
                           int count) {
    double x[SIDE + 1], y[SIDE + 1], lon[SIDE + 1];
    const weft_grid *grid = outline->grid;
    for (int i = 0; i < count; i++) {
        x[i] = grid->origin_x + (col + i * step_col) * grid->res_x;
        y[i] = grid->origin_y - (row + i * step_row) * grid->res_y;
    }
    place(outline, &outline->first, count, x, y, lon);
    for (int i = 0; i < count; i++)
        if (isnan(lon[i])) return false;
    return true;
}

/* What is off the map reaches the grid's sides, but for holes inside: a net of points looks for those. */
static bool all_is_on_map(const weft_outline *outline) {
    double cols = (double)outline->grid->cols, rows = (double)outline->grid->rows;
    bool on = line_is_on_map(outline, 0, 0, cols / SIDE, 0, SIDE + 1) &&
              line_is_on_map(outline, 0, rows, cols / SIDE, 0, SIDE + 1) &&
              line_is_on_map(outline, 0, 0, 0, rows / SIDE, SIDE + 1) &&
              line_is_on_map(outline, cols, 0, 0, rows / SIDE, SIDE + 1);
    for (int i = 0; i < NET && on; i++)
        on = line_is_on_map(outline, 0.5 * cols / NET, (i + 0.5) * rows / NET, cols / NET, 0, NET);
    return on;
}

static weft_status open_ways(weft_outline *outline, weft_error *err) {
    weft_status status = weft_crs_geographic(&outline->globe.crs, outline->grid->crs, err);
    if (status == WEFT_OK && outline->globe.crs == NULL) return WEFT_ERR_DATA;
    weft_crs *from = outline->grid->crs, *to = outline->globe.crs;
    if (status == WEFT_OK) status = weft_transform_new(&outline->first.back, from, to, NULL, NULL, err);
    if (status == WEFT_OK) status = weft_transform_new(&outline->first.forth, to, from, NULL, NULL, err);
    if (status == WEFT_OK) status = weft_object_pool_new(&outline->pool, make_ways, free_ways, outline, err);
    return status;
}

static weft_status look(weft_outline *outline, bool *all_on, weft_error *err) {
    *all_on = all_is_on_map(outline);
    if (*all_on) return WEFT_OK;
    weft_status status = weft_outline_lobes_find(&outline->lobes, outline->first.forth, err);
    if (status != WEFT_OK || outline->lobes == NULL) return status;
    double period = weft_outline_lobes_period(outline->lobes),
           width = (double)outline->grid->cols * outline->grid->res_x;
    if (!(period > 0 && width <= period + outline->slack_x)) return WEFT_OK;
    outline->period = period;
    weft_outline_lobes_free(outline->lobes);
    outline->lobes = NULL;
    *all_on = all_is_on_map(outline);
    return WEFT_OK;
}

weft_status weft_outline_new(weft_outline **out, const weft_grid *grid, weft_error *err) {
    *out = NULL;
    if (weft_crs_is_geographic(grid->crs)) return WEFT_OK;
    weft_outline *outline = calloc(1, sizeof *outline);
    if (outline == NULL) return weft_error_no_memory(err, "a map's outline");
    weft_bounds b = weft_grid_bounds(grid);
    double far_x = fmax(fabs(b.xmin), fabs(b.xmax)), far_y = fmax(fabs(b.ymin), fabs(b.ymax));
    outline->grid = grid;
    outline->globe = (weft_grid){.origin_x = -180, .origin_y = 90, .res_x = 1, .res_y = 1, .cols = 360, .rows = 180};
    outline->slack_x = fmax(SLACK * grid->res_x, ROUNDING * fmax(far_x, far_y));
    outline->slack_y = fmax(SLACK * grid->res_y, ROUNDING * fmax(far_x, far_y));
    bool all_on = true;
    pthread_mutex_init(&outline->lock, NULL);
    weft_error reason = {0};
    weft_status status = open_ways(outline, &reason);
    if (status == WEFT_OK) status = look(outline, &all_on, &reason);
    if (status == WEFT_OK && !all_on) {
        *out = outline;
        return WEFT_OK;
    }
    weft_outline_free(outline);
    /* A CRS without longitudes, or without a way back, is taken as it is. */
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = reason;
    return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
}

void weft_outline_free(weft_outline *outline) {
    if (outline == NULL) return;
    weft_object_pool_free(outline->pool);
    weft_transform_free(outline->first.back);
    weft_transform_free(outline->first.forth);
    weft_outline_lobes_free(outline->lobes);
    weft_crs_free(outline->globe.crs);
    pthread_mutex_destroy(&outline->lock);
    free(outline);
}

/* --- the edge --- */

bool weft_outline_has_edge(const weft_outline *outline) {
    return outline->lobes != NULL;
}

double weft_outline_west(const weft_outline *outline) {
    return weft_outline_lobes_west(outline->lobes);
}

void weft_outline_edge(const weft_outline *outline, double x, double y, double *lon, double *lat) {
    weft_outline_lobes_edge(outline->lobes, x, y, lon, lat);
}

bool weft_outline_is_off(const weft_outline *outline, weft_bounds bounds) {
    double beside_x = 2 * outline->grid->res_x, beside_y = 2 * outline->grid->res_y;
    return weft_outline_lobes_miss(outline->lobes, (weft_bounds){bounds.xmin - beside_x, bounds.ymin - beside_y,
                                                                 bounds.xmax + beside_x, bounds.ymax + beside_y});
}

const weft_grid *weft_outline_globe(const weft_outline *outline) {
    return &outline->globe;
}
