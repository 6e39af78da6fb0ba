/* SPDX-License-Identifier: MIT
 *
 * Snapping forgives 1e-6 of a cell, so that bounds written with few digits do not gain a row. */
#include "raster/crs/grid.h"

#include <math.h>

#define FORGIVEN  1e-6 /* of a cell */
#define MAX_SIDE  ((double)INT32_MAX)
#define MAX_CELLS 9007199254740992.0 /* 2^53: whole numbers up to there are exact */

/* The whole number at or outward of `value`, which may be off by what is forgiven. */
static double snap_down(double value) {
    double nearest = round(value);
    return fabs(value - nearest) <= FORGIVEN ? nearest : floor(value);
}

static double snap_up(double value) {
    double nearest = round(value);
    return fabs(value - nearest) <= FORGIVEN ? nearest : ceil(value);
}

static weft_status check_bounds(weft_bounds b, double res_x, double res_y, weft_error *err) {
    if (!isfinite(b.xmin) || !isfinite(b.ymin) || !isfinite(b.xmax) || !isfinite(b.ymax) || !(b.xmin < b.xmax) ||
        !(b.ymin < b.ymax))
        return weft_error_set(err, WEFT_ERR_DATA, "bounds %.15g, %.15g, %.15g, %.15g enclose no area", b.xmin, b.ymin,
                              b.xmax, b.ymax);
    if (!(isfinite(res_x) && res_x > 0 && isfinite(res_y) && res_y > 0))
        return weft_error_set(err, WEFT_ERR_DATA, "a resolution of %.15g x %.15g makes no cell", res_x, res_y);
    return WEFT_OK;
}

static weft_status set_size(weft_grid *out, double cols, double rows, bool places, weft_error *err) {
    if (cols < 1) cols = 1;
    if (rows < 1) rows = 1;
    double max = places ? MAX_CELLS : MAX_SIDE;
    if (cols > max || rows > max || (!places && cols * rows > MAX_CELLS)) {
        weft_error_set(err, WEFT_ERR_DATA, "a grid of %.0f x %.0f cells is too large", cols, rows);
        weft_error_hint(err, "at most 2147483647 a side and 2^53 in all; is the resolution in the CRS's units?");
        return WEFT_ERR_DATA;
    }
    out->cols = (int64_t)cols;
    out->rows = (int64_t)rows;
    return WEFT_OK;
}

static weft_status fit_exactly(weft_grid *out, weft_bounds b, weft_error *err) {
    double cols = (b.xmax - b.xmin) / out->res_x, rows = (b.ymax - b.ymin) / out->res_y;
    if (fabs(cols - round(cols)) > FORGIVEN || fabs(rows - round(rows)) > FORGIVEN || round(cols) < 1 ||
        round(rows) < 1) {
        weft_error_set(err, WEFT_ERR_DATA, "the bounds hold %.9g x %.9g cells, not whole ones", cols, rows);
        weft_error_hint(err, "align: true snaps them outward to multiples of the resolution");
        return WEFT_ERR_DATA;
    }
    out->origin_x = b.xmin;
    out->origin_y = b.ymax;
    return set_size(out, round(cols), round(rows), false, err);
}

static weft_status fit_aligned(weft_grid *out, weft_bounds b, const double anchor[2], bool places, weft_error *err) {
    double x = anchor != NULL ? anchor[0] : 0, y = anchor != NULL ? anchor[1] : 0;
    double left = snap_down((b.xmin - x) / out->res_x), right = snap_up((b.xmax - x) / out->res_x);
    double bottom = snap_down((b.ymin - y) / out->res_y), top = snap_up((b.ymax - y) / out->res_y);
    out->origin_x = x + left * out->res_x;
    out->origin_y = y + top * out->res_y;
    return set_size(out, right - left, top - bottom, places, err);
}

weft_status weft_grid_from_bounds(weft_grid *out, const weft_crs *crs, weft_bounds bounds, double res_x, double res_y,
                                  weft_grid_fit fit, const double anchor[2], weft_error *err) {
    *out = (weft_grid){.res_x = res_x, .res_y = res_y};
    weft_status status = check_bounds(bounds, res_x, res_y, err);
    if (status == WEFT_OK)
        status = fit == WEFT_GRID_WHOLE ? fit_exactly(out, bounds, err)
                                        : fit_aligned(out, bounds, anchor, fit == WEFT_GRID_PLACES, err);
    if (status == WEFT_OK) status = weft_crs_copy(&out->crs, crs, err);
    return status;
}

void weft_grid_dispose(weft_grid *grid) {
    weft_crs_free(grid->crs);
    *grid = (weft_grid){0};
}

weft_bounds weft_grid_bounds(const weft_grid *grid) {
    return (weft_bounds){grid->origin_x, grid->origin_y - (double)grid->rows * grid->res_y,
                         grid->origin_x + (double)grid->cols * grid->res_x, grid->origin_y};
}
