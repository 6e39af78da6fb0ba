/* SPDX-License-Identifier: MIT
 *
 * The middles of all sides are tried at once, since most need no cutting; only sides that do are worked one by one. */
#include "raster/vector/ring_projector.h"

#include "raster/crs/geotransform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE  0.01 /* cells that a side may be off: far under what a cell's centre could tell */
#define LONG_CELLS 8    /* a longer side may bend both ways: its quarters are tried too */
#define MAX_DEPTH  20   /* halvings of a side */

typedef struct buffer {
    double *u, *v;
    int64_t capacity;
} buffer;

struct weft_ring_projector {
    weft_ring_target target;
    weft_transform *transform; /* NULL: one CRS */
    double turn;
    buffer corners, middles, out;
    int64_t count, lost;
};

weft_ring_target weft_ring_target_of_grid(const weft_grid *grid) {
    return (weft_ring_target){
        grid->crs, weft_grid_bounds(grid), {grid->origin_x, grid->res_x, 0, grid->origin_y, 0, -grid->res_y}};
}

weft_ring_target weft_ring_target_of_raster(const weft_crs *crs, const double g[6], int64_t cols, int64_t rows) {
    weft_ring_target out = {crs, {INFINITY, INFINITY, -INFINITY, -INFINITY}, {g[0], g[1], g[2], g[3], g[4], g[5]}};
    for (int corner = 0; corner < 4; corner++) {
        double u = corner % 2 == 0 ? 0 : (double)cols, v = corner < 2 ? 0 : (double)rows;
        double x = g[0] + u * g[1] + v * g[2], y = g[3] + u * g[4] + v * g[5];
        out.bounds = (weft_bounds){fmin(out.bounds.xmin, x), fmin(out.bounds.ymin, y), fmax(out.bounds.xmax, x),
                                   fmax(out.bounds.ymax, y)};
    }
    return out;
}

weft_status weft_ring_projector_new(weft_ring_projector **out, const weft_crs *from, const weft_ring_target *target,
                                    weft_error *err) {
    weft_ring_projector *self = calloc(1, sizeof *self);
    const double *g = target->geotransform;
    weft_status status = WEFT_OK;
    *out = NULL;
    if (self == NULL) return weft_error_no_memory(err, "polygons");
    self->target = *target;
    if (g[2] == 0 && g[4] == 0) self->turn = weft_crs_turn(target->crs) / fabs(g[1]);
    if (!weft_crs_equal(from, target->crs))
        status = weft_transform_new(&self->transform, from, target->crs, target->crs, &target->bounds, err);
    if (status == WEFT_OK)
        *out = self;
    else
        weft_ring_projector_free(self);
    return status;
}

void weft_ring_projector_free(weft_ring_projector *self) {
    if (self == NULL) return;
    weft_transform_free(self->transform);
    for (int i = 0; i < 3; i++) {
        buffer *one = i == 0 ? &self->corners : i == 1 ? &self->middles : &self->out;
        free(one->u);
        free(one->v);
    }
    free(self);
}

double weft_ring_projector_turn(const weft_ring_projector *self) {
    return self->turn;
}

int64_t weft_ring_projector_lost(const weft_ring_projector *self) {
    return self->lost;
}

static weft_status reserve(buffer *to, int64_t count, weft_error *err) {
    if (count <= to->capacity) return WEFT_OK;
    int64_t capacity = 2 * to->capacity > count ? 2 * to->capacity : count;
    double *u = realloc(to->u, (size_t)capacity * sizeof *u);
    if (u != NULL) to->u = u;
    double *v = realloc(to->v, (size_t)capacity * sizeof *v);
    if (v != NULL) to->v = v;
    if (u == NULL || v == NULL) return weft_error_no_memory(err, "polygons");
    to->capacity = capacity;
    return WEFT_OK;
}

static void to_grid(const weft_ring_projector *self, int64_t n, double *x, double *y) {
    const double *g = self->target.geotransform;
    if (self->transform != NULL) weft_transform_points(self->transform, n, x, y);
    for (int64_t i = 0; i < n; i++)
        weft_geotransform_step(g, x[i] - g[0], y[i] - g[3], &x[i], &y[i]);
}

/* The same longitude on the turn nearest to `near`. */
static double unwrap(const weft_ring_projector *self, double u, double near) {
    return self->turn > 0 ? u - self->turn * round((u - near) / self->turn) : u;
}

static weft_status put(weft_ring_projector *self, double u, double v, weft_error *err) {
    weft_status status = reserve(&self->out, self->count + 1, err);
    if (status != WEFT_OK) return status;
    self->out.u[self->count] = u;
    self->out.v[self->count++] = v;
    return WEFT_OK;
}

/* A side: where its ends are in the file's CRS and on the grid. */
typedef struct side {
    double x0, y0, x1, y1, u0, v0, u1, v1;
} side;

/* The place at `t` along the side, and how far it is from the straight one. */
static double place_at(const weft_ring_projector *self, const side *s, double t, double *u, double *v) {
    *u = s->x0 + t * (s->x1 - s->x0);
    *v = s->y0 + t * (s->y1 - s->y0);
    to_grid(self, 1, u, v);
    *u = unwrap(self, *u, s->u0);
    return hypot(*u - (s->u0 + t * (s->u1 - s->u0)), *v - (s->v0 + t * (s->v1 - s->v0)));
}

/* Puts the places within the side that it is to be cut at. */
static weft_status cut(weft_ring_projector *self, const side *s, int depth, weft_error *err) {
    double u, v, quarter_u, quarter_v;
    double off = place_at(self, s, 0.5, &u, &v), length = hypot(s->u1 - s->u0, s->v1 - s->v0);
    if (isnan(off)) return WEFT_OK;
    if (off <= TOLERANCE && length > LONG_CELLS)
        off = fmax(place_at(self, s, 0.25, &quarter_u, &quarter_v), place_at(self, s, 0.75, &quarter_u, &quarter_v));
    if (depth == MAX_DEPTH || !(off > TOLERANCE)) return WEFT_OK;
    double x = s->x0 + 0.5 * (s->x1 - s->x0), y = s->y0 + 0.5 * (s->y1 - s->y0);
    side first = {s->x0, s->y0, x, y, s->u0, s->v0, u, v}, second = {x, y, s->x1, s->y1, u, v, s->u1, s->v1};
    weft_status status = cut(self, &first, depth + 1, err);
    if (status == WEFT_OK) status = put(self, u, v, err);
    return status == WEFT_OK ? cut(self, &second, depth + 1, err) : status;
}

/* The corners that have a place move to the front, in both systems. Returns how many there are. */
static int64_t keep_placed(weft_ring_projector *self, double *x, double *y, int64_t count) {
    buffer *on = &self->corners;
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(on->u[i]) || !isfinite(on->v[i])) continue;
        x[kept] = x[i];
        y[kept] = y[i];
        on->u[kept] = kept > 0 ? unwrap(self, on->u[i], on->u[kept - 1]) : on->u[i];
        on->v[kept++] = on->v[i];
    }
    self->lost += count - kept;
    return kept;
}

static weft_status follow(weft_ring_projector *self, const double *x, const double *y, int64_t count, weft_error *err) {
    const buffer *on = &self->corners;
    buffer *middles = &self->middles;
    weft_status status = reserve(middles, count, err);
    for (int64_t i = 0; i < count - 1 && status == WEFT_OK; i++) {
        middles->u[i] = x[i] + 0.5 * (x[i + 1] - x[i]);
        middles->v[i] = y[i] + 0.5 * (y[i + 1] - y[i]);
    }
    if (status == WEFT_OK && self->transform != NULL) to_grid(self, count - 1, middles->u, middles->v);
    for (int64_t i = 0; i < count && status == WEFT_OK; i++) {
        status = put(self, on->u[i], on->v[i], err);
        if (status != WEFT_OK || i + 1 == count || self->transform == NULL) continue;
        side s = {x[i], y[i], x[i + 1], y[i + 1], on->u[i], on->v[i], on->u[i + 1], on->v[i + 1]};
        double u = unwrap(self, middles->u[i], s.u0),
               off = hypot(u - 0.5 * (s.u0 + s.u1), middles->v[i] - 0.5 * (s.v0 + s.v1));
        if (off > TOLERANCE || hypot(s.u1 - s.u0, s.v1 - s.v0) > LONG_CELLS) status = cut(self, &s, 0, err);
    }
    return status;
}

weft_status weft_ring_projector_run(weft_ring_projector *self, double *x, double *y, int64_t count, weft_grid_ring *out,
                                    weft_error *err) {
    weft_status status = reserve(&self->corners, count, err);
    *out = (weft_grid_ring){0};
    if (status != WEFT_OK) return status;
    memcpy(self->corners.u, x, (size_t)count * sizeof *x);
    memcpy(self->corners.v, y, (size_t)count * sizeof *y);
    to_grid(self, count, self->corners.u, self->corners.v);
    /* What a file says runs on as it says it; a transform brings all back to one turn. */
    double turn = self->turn;
    if (self->transform == NULL) self->turn = 0;
    count = keep_placed(self, x, y, count);
    self->count = 0;
    if (count >= 3) status = follow(self, x, y, count, err);
    bool open = self->turn > 0 && count >= 3 && fabs(self->corners.u[count - 1] - self->corners.u[0]) > self->turn / 2;
    self->turn = turn;
    if (status == WEFT_OK && open)
        return weft_error_set(err, WEFT_ERR_DATA,
                              "a polygon goes round a pole, which a grid of longitudes and latitudes cannot show");
    *out = (weft_grid_ring){self->out.u, self->out.v, self->count, INFINITY, -INFINITY};
    for (int64_t i = 0; i < self->count; i++) {
        out->left = fmin(out->left, self->out.u[i]);
        out->right = fmax(out->right, self->out.u[i]);
    }
    return status;
}
