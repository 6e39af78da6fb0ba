/* SPDX-License-Identifier: MIT
 *
 * Off the map many projections give a second place of somewhere else; so a place counts only if it comes back. */
#include "raster/source/source_extent.h"

#include "raster/crs/extent_search.h"
#include "raster/crs/geotransform.h"

#include <math.h>
#include <stdlib.h>

#define BATCH      256
#define RING       12    /* points round a pole */
#define GLANCE     5     /* places a side */
#define NEAR_POLE  1e-7  /* degrees: a centimetre */
#define COMES_BACK 0.001 /* of the part's size, and at least a pixel: a second place is a whole map away */

struct weft_extent_finder {
    const weft_crs *from, *to;
    bool same;
    weft_transform *there, *back;
    double tolerance[2];
};

/* One search. */
typedef struct source_part {
    const weft_extent_finder *finder;
    const weft_source_info *info;
    weft_window pixels;
    double forgiven[2]; /* of a place that comes back, in units of `from` */
} source_part;

void weft_extent_finder_free(weft_extent_finder *finder) {
    if (finder == NULL) return;
    weft_transform_free(finder->there);
    weft_transform_free(finder->back);
    free(finder);
}

weft_status weft_extent_finder_new(weft_extent_finder **out, const weft_crs *from, const weft_crs *to, weft_bounds area,
                                   const double tolerance[2], weft_error *err) {
    weft_extent_finder *finder = calloc(1, sizeof *finder);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (finder == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the extent of a raster");
    finder->from = from;
    finder->to = to;
    finder->same = weft_crs_equal(from, to);
    finder->tolerance[0] = tolerance[0];
    finder->tolerance[1] = tolerance[1];
    if (!finder->same) status = weft_transform_new(&finder->there, from, to, from, &area, err);
    if (!finder->same && status == WEFT_OK) status = weft_transform_new(&finder->back, to, from, from, &area, err);
    if (status == WEFT_OK)
        *out = finder;
    else
        weft_extent_finder_free(finder);
    return status;
}

/* --- places --- */

static void place_of(const source_part *part, double s, double t, double *x, double *y) {
    const double *g = part->info->geotransform;
    double u = (double)part->pixels.col + s * (double)part->pixels.cols;
    double v = (double)part->pixels.row + t * (double)part->pixels.rows;
    *x = g[0] + u * g[1] + v * g[2];
    *y = g[3] + u * g[4] + v * g[5];
}

static bool comes_back(const source_part *part, double x, double y, double back_x, double back_y) {
    double dx = back_x - x;
    /* Degrees of longitude shrink towards the poles, and turns are no difference. */
    double turn = weft_crs_turn(part->finder->from);
    if (turn > 0) dx = remainder(dx, turn) * fmax(0, cos(y * 2 * M_PI / turn));
    return fabs(dx) <= part->forgiven[0] && fabs(back_y - y) <= part->forgiven[1];
}

static void map(void *payload, int64_t n, double *x, double *y) {
    const source_part *part = payload;
    double from_x[BATCH], from_y[BATCH], back_x[BATCH], back_y[BATCH];
    for (int64_t first = 0; first < n; first += BATCH, x += BATCH, y += BATCH) {
        int64_t count = n - first < BATCH ? n - first : BATCH;
        for (int64_t i = 0; i < count; i++) {
            place_of(part, x[i], y[i], &from_x[i], &from_y[i]);
            x[i] = from_x[i];
            y[i] = from_y[i];
        }
        weft_transform_points(part->finder->there, count, x, y);
        for (int64_t i = 0; i < count; i++) {
            back_x[i] = x[i];
            back_y[i] = y[i];
        }
        weft_transform_points(part->finder->back, count, back_x, back_y);
        for (int64_t i = 0; i < count; i++)
            if (!comes_back(part, from_x[i], from_y[i], back_x[i], back_y[i])) x[i] = y[i] = NAN;
    }
}

/* --- poles --- */

static bool holds(const source_part *part, double x, double y) {
    const double *g = part->info->geotransform;
    double u, v, left = (double)part->pixels.col, top = (double)part->pixels.row;
    double cols = (double)part->pixels.cols, rows = (double)part->pixels.rows;
    weft_geotransform_step(g, x - g[0], y - g[3], &u, &v);
    if (weft_crs_turn(part->finder->from) > 0 && g[1] != 0) {
        double turn = weft_crs_turn(part->finder->from) / fabs(g[1]);
        u -= turn * floor((u - left) / turn);
    }
    return u >= left && u <= left + cols && v >= top && v <= top + rows;
}

/* How many of the points round the north or the south pole lie in the part. */
static int points_round_pole(const source_part *part, bool is_north) {
    double x[RING], y[RING], back_x[RING], back_y[RING];
    double turn = weft_crs_turn(part->finder->to), latitude = is_north ? turn / 4 : -turn / 4;
    int inside = 0;
    for (int i = 0; i < RING; i++) {
        x[i] = turn * ((double)i / RING - 0.5);
        y[i] = is_north ? latitude - NEAR_POLE : latitude + NEAR_POLE;
    }
    weft_transform_points(part->finder->back, RING, x, y);
    for (int i = 0; i < RING; i++) {
        back_x[i] = x[i];
        back_y[i] = y[i];
    }
    weft_transform_points(part->finder->there, RING, back_x, back_y);
    for (int i = 0; i < RING; i++)
        inside += !isnan(x[i]) && fabs(back_y[i] - latitude) <= 2 * NEAR_POLE && holds(part, x[i], y[i]);
    return inside;
}

/* A pole that lies inside: all longitudes lie round it. On the edge: its latitude counts alone. */
static void reach_poles(const source_part *part, bool *found, weft_bounds *out) {
    int north = points_round_pole(part, true), south = points_round_pole(part, false);
    double half = weft_crs_turn(part->finder->to) / 2, pole = half / 2;
    if (north + south == 0) return;
    if (!*found && north < RING && south < RING) return;
    if (!*found) *out = (weft_bounds){-half, north > 0 ? pole : -pole, half, north > 0 ? pole : -pole};
    if (north > 0) out->ymax = pole;
    if (south > 0) out->ymin = -pole;
    if (north == RING || south == RING) {
        out->xmin = -half;
        out->xmax = half;
    }
    *found = true;
}

/* --- bounds --- */

static weft_bounds own_bounds(const source_part *part) {
    weft_bounds all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) {
        double x, y;
        place_of(part, i % 2, i / 2, &x, &y);
        all = (weft_bounds){fmin(all.xmin, x), fmin(all.ymin, y), fmax(all.xmax, x), fmax(all.ymax, y)};
    }
    return all;
}

static void forgive(source_part *part) {
    const double *g = part->info->geotransform;
    weft_bounds own = own_bounds(part);
    double pixel = fmax(hypot(g[1], g[4]), hypot(g[2], g[5]));
    part->forgiven[0] = fmax(pixel, COMES_BACK * (own.xmax - own.xmin));
    part->forgiven[1] = fmax(pixel, COMES_BACK * (own.ymax - own.ymin));
}

/* Longitudes that begin in the turn whose middle is 0. */
static void begin_in_first_turn(weft_bounds *bounds, double turn) {
    double turns = turn * floor((bounds->xmin + turn / 2) / turn);
    bounds->xmin -= turns;
    bounds->xmax -= turns;
}

weft_status weft_source_extent(weft_extent_finder *finder, const weft_source *source, weft_window pixels,
                               weft_bounds *out, weft_error *err) {
    source_part part = {.finder = finder, .info = weft_source_describe(source), .pixels = pixels};
    if (finder->same) {
        *out = own_bounds(&part);
        return WEFT_OK;
    }
    bool found;
    double turn = weft_crs_turn(finder->to);
    forgive(&part);
    weft_extent_search search = {
        .map = map, .payload = &part, .turn = turn, .tolerance = {finder->tolerance[0], finder->tolerance[1]}};
    weft_status status = weft_extent_search_run(&search, out, &found, err);
    if (status != WEFT_OK) return status;
    if (turn > 0) reach_poles(&part, &found, out);
    if (!found)
        return weft_error_set(err, WEFT_ERR_DATA, "no place of it exists in the grid's CRS, %s",
                              weft_crs_name(finder->to));
    if (turn > 0) begin_in_first_turn(out, turn);
    return WEFT_OK;
}

/* Between places a smooth map bulges by a small part of their distance. A part with a pole in it, or torn by the edge
 * of the map, has places far apart or none. */
void weft_source_extent_glance(weft_extent_finder *finder, const weft_source *source, weft_window pixels,
                               weft_bounds *out, bool *plain) {
    enum { PLACES = GLANCE * GLANCE };
    source_part part = {.finder = finder, .info = weft_source_describe(source), .pixels = pixels};
    double turn = weft_crs_turn(finder->to);
    double x[PLACES], y[PLACES];
    *plain = !finder->same;
    if (finder->same) return;
    forgive(&part);
    for (int i = 0; i < PLACES; i++) {
        x[i] = (double)(i % GLANCE) / (GLANCE - 1);
        int row = i / GLANCE;
        y[i] = (double)row / (GLANCE - 1);
    }
    map(&part, PLACES, x, y);
    *out = (weft_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < PLACES; i++) {
        if (isnan(x[i]) || isnan(y[i])) *plain = false;
        double at = turn > 0 ? x[0] + remainder(x[i] - x[0], turn) : x[i];
        *out = (weft_bounds){fmin(out->xmin, at), fmin(out->ymin, y[i]), fmax(out->xmax, at), fmax(out->ymax, y[i])};
    }
    if (turn > 0 && !(out->xmax - out->xmin < turn / 4)) *plain = false;
    if (turn > 0 && *plain) begin_in_first_turn(out, turn);
}
