/* SPDX-License-Identifier: MIT */
#include "raster/info/header_footprint.h"

#include "raster/crs/extent_search.h"

#include <math.h>

#define PIECES      (WEFT_FOOTPRINT_POINTS / 4) /* of a side */
#define FEW_PIECES  4
#define FEW_DEGREES 2.0 /* what is smaller has few: the edges between them are off by 0.001 degrees */
#define BOX_POINT   4

typedef struct shape {
    weft_transform *transform;
    const double *g;
    double cols, rows;
} shape;

/* Shares of width and height become longitudes and latitudes. */
static void map_shares(void *payload, int64_t n, double *x, double *y) {
    const shape *of = payload;
    for (int64_t i = 0; i < n; i++) {
        double u = x[i] * of->cols, v = y[i] * of->rows;
        x[i] = of->g[0] + u * of->g[1] + v * of->g[2];
        y[i] = of->g[3] + u * of->g[4] + v * of->g[5];
    }
    weft_transform_points(of->transform, n, x, y);
}

/* Clockwise from the top left, `pieces` points a side. False: it is no plain outline. */
static bool trace(weft_header_footprint *out, const shape *of, int pieces) {
    double x[WEFT_FOOTPRINT_POINTS], y[WEFT_FOOTPRINT_POINTS];
    int count = 4 * pieces;
    for (int i = 0; i < pieces; i++) {
        double t = (double)i / pieces;
        x[i] = t, y[i] = 0;
        x[pieces + i] = 1, y[pieces + i] = t;
        x[2 * pieces + i] = 1 - t, y[2 * pieces + i] = 1;
        x[3 * pieces + i] = 0, y[3 * pieces + i] = 1 - t;
    }
    map_shares((void *)of, count, x, y);
    for (int i = 0; i < count; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]) || fabs(x[i]) > 180 || fabs(y[i]) > 90) return false;
        if (fabs(x[i] - x[(i + 1) % count]) > 180) return false;
        out->points[i] = (weft_footprint_point){x[i], y[i]};
    }
    out->footprint = (weft_footprint){.rings = {{out->points, count}}, .ring_count = 1};
    return true;
}

static bool is_small(const weft_footprint_point corners[4]) {
    for (int i = 1; i < 4; i++)
        if (fabs(corners[i].x - corners[0].x) > FEW_DEGREES || fabs(corners[i].y - corners[0].y) > FEW_DEGREES)
            return false;
    return true;
}

static void add_box(weft_header_footprint *out, double west, double south, double east, double north) {
    int ring = out->footprint.ring_count++;
    weft_footprint_point *points = out->points + BOX_POINT * ring;
    points[0] = (weft_footprint_point){west, north};
    points[1] = (weft_footprint_point){east, north};
    points[2] = (weft_footprint_point){east, south};
    points[3] = (weft_footprint_point){west, south};
    out->footprint.rings[ring] = (weft_footprint_ring){points, BOX_POINT};
}

weft_status weft_header_footprint_find(weft_header_footprint *out, weft_transform *transform, bool geographic,
                                       const double geotransform[6], int64_t cols, int64_t rows, bool *known,
                                       weft_error *err) {
    shape of = {transform, geotransform, (double)cols, (double)rows};
    weft_extent_search search = {map_shares, &of, 360, {1e-6, 1e-6}};
    weft_bounds bounds;
    out->footprint.ring_count = 0;
    *known = trace(out, &of, 1);
    if (*known && !geographic) *known = trace(out, &of, is_small(out->points) ? FEW_PIECES : PIECES);
    if (*known) return WEFT_OK;
    weft_status status = weft_extent_search_run(&search, &bounds, known, err);
    if (status != WEFT_OK || !*known) return status;
    double south = fmax(bounds.ymin, -90), north = fmin(bounds.ymax, 90);
    double turn = 360 * floor((bounds.xmin + 180) / 360), west = bounds.xmin - turn, east = bounds.xmax - turn;
    if (east - west >= 360 - 1e-9) {
        add_box(out, -180, south, 180, north);
    } else {
        add_box(out, west, south, fmin(east, 180), north);
        if (east > 180) add_box(out, -180, south, east - 360, north);
    }
    return WEFT_OK;
}
