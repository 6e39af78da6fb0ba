/* SPDX-License-Identifier: MIT
 *
 * The middles of all sides are tried at once, since most need no cutting; only sides that do are worked one by one. */
#include "raster/vector/ring_projector.h"

#include "raster/crs/geotransform.h"
#include "raster/crs/way_back.h"
#include "raster/vector/ring_clip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE  0.01 /* cells that a side may be off: far under what a cell's centre could tell */
#define LONG_CELLS 8    /* a longer side may bend both ways: its quarters are tried too */
#define MAX_DEPTH  20   /* halvings of a side */

struct weft_ring_projector {
    weft_ring_target target;
    weft_transform *transform; /* NULL: one CRS */
    double turn;
    /* Rings that reach beyond `around`, which the target lies well within, may have corners that the target's projection
     * gives no place, or another's. Of such a ring only what lies in `around` is laid. */
    weft_way_back *back; /* NULL: not looked at */
    weft_bounds around;  /* in the file's CRS */
    double file_turn;    /* of longitudes there */
    weft_ring_buffer corners, middles, out, clipped, scratch;
    int64_t lost;
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

/* What the target lies well within, in the file's CRS. A target whose corners have no place there (a full disc), or that
 * lies round a pole, is not looked at. */
static weft_status look_around(weft_ring_projector *self, const weft_crs *from, weft_error *err) {
    const weft_bounds *b = &self->target.bounds;
    weft_bounds *around = &self->around;
    double x[] = {b->xmin, b->xmax, b->xmin, b->xmax}, y[] = {b->ymin, b->ymin, b->ymax, b->ymax};
    weft_transform *inverse = weft_transform_inverse(self->transform);
    if (inverse == NULL) return WEFT_OK;
    weft_transform_points(inverse, 4, x, y);
    self->file_turn = weft_crs_turn(from);
    bool known = !isnan(x[0] + x[1] + x[2] + x[3]) &&
                 weft_transform_bounds(inverse, b, self->file_turn, around, NULL) == WEFT_OK;
    weft_transform_free(inverse);
    double width = around->xmax - around->xmin, height = around->ymax - around->ymin;
    if (!known || (self->file_turn > 0 && width > self->file_turn / 4)) return WEFT_OK;
    *around = (weft_bounds){around->xmin - width / 2, around->ymin - height / 2, around->xmax + width / 2,
                            around->ymax + height / 2};
    return weft_way_back_open(&self->back, from, self->transform, err);
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
    if (status == WEFT_OK && self->transform != NULL) status = look_around(self, from, err);
    if (status == WEFT_OK)
        *out = self;
    else
        weft_ring_projector_free(self);
    return status;
}

void weft_ring_projector_free(weft_ring_projector *self) {
    if (self == NULL) return;
    weft_transform_free(self->transform);
    weft_way_back_free(self->back);
    weft_ring_buffer_dispose(&self->corners);
    weft_ring_buffer_dispose(&self->middles);
    weft_ring_buffer_dispose(&self->out);
    weft_ring_buffer_dispose(&self->clipped);
    weft_ring_buffer_dispose(&self->scratch);
    free(self);
}

double weft_ring_projector_turn(const weft_ring_projector *self) {
    return self->turn;
}

int64_t weft_ring_projector_lost(const weft_ring_projector *self) {
    return self->lost;
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
    if (status == WEFT_OK) status = weft_ring_buffer_put(&self->out, u, v, err);
    return status == WEFT_OK ? cut(self, &second, depth + 1, err) : status;
}

/* The corners that have a place move to the front, in both systems. Returns how many there are. */
static int64_t keep_placed(weft_ring_projector *self, double *x, double *y, int64_t count) {
    weft_ring_buffer *on = &self->corners;
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
    const weft_ring_buffer *on = &self->corners;
    weft_ring_buffer *middles = &self->middles;
    weft_status status = weft_ring_buffer_reserve(middles, count, err);
    for (int64_t i = 0; i < count - 1 && status == WEFT_OK; i++) {
        middles->u[i] = x[i] + 0.5 * (x[i + 1] - x[i]);
        middles->v[i] = y[i] + 0.5 * (y[i + 1] - y[i]);
    }
    if (status == WEFT_OK && self->transform != NULL) to_grid(self, count - 1, middles->u, middles->v);
    for (int64_t i = 0; i < count && status == WEFT_OK; i++) {
        status = weft_ring_buffer_put(&self->out, on->u[i], on->v[i], err);
        if (status != WEFT_OK || i + 1 == count || self->transform == NULL) continue;
        side s = {x[i], y[i], x[i + 1], y[i + 1], on->u[i], on->v[i], on->u[i + 1], on->v[i + 1]};
        double u = unwrap(self, middles->u[i], s.u0),
               off = hypot(u - 0.5 * (s.u0 + s.u1), middles->v[i] - 0.5 * (s.v0 + s.v1));
        if (off > TOLERANCE || hypot(s.u1 - s.u0, s.v1 - s.v0) > LONG_CELLS) status = cut(self, &s, 0, err);
    }
    return status;
}

static bool lies_within(const weft_ring_projector *self, const double *x, const double *y, int64_t count) {
    const weft_bounds *b = &self->around;
    for (int64_t i = 0; i < count; i++)
        if (!(x[i] >= b->xmin && x[i] <= b->xmax && y[i] >= b->ymin && y[i] <= b->ymax)) return false;
    return true;
}

/* Whether a place lies in a closed ring, moved by any whole turns of longitude. */
static bool holds(const double *x, const double *y, int64_t count, double turn, double at_x, double at_y) {
    bool in = false;
    for (int k = turn > 0 ? -1 : 0; k <= (turn > 0 ? 1 : 0); k++)
        for (int64_t i = 0; i + 1 < count; i++)
            if ((y[i] > at_y) != (y[i + 1] > at_y) &&
                x[i] + (at_y - y[i]) / (y[i + 1] - y[i]) * (x[i + 1] - x[i]) > at_x + k * turn)
                in = !in;
    return in;
}

/* A ring more than half round the world may come back with every corner, and yet be laid inside out. Then the middle of
 * the target is in it before it is laid, and not after, or the other way round. `u` and `v` are its corners as laid. */
static bool is_inside_out(const weft_ring_projector *self, const double *x, const double *y, const double *u,
                          const double *v, int64_t count) {
    const weft_bounds *b = &self->target.bounds, *around = &self->around;
    double west = INFINITY, east = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        west = fmin(west, x[i]);
        east = fmax(east, x[i]);
    }
    if (self->file_turn == 0 || east - west <= self->file_turn / 2) return false;
    return holds(x, y, count, self->file_turn, (around->xmin + around->xmax) / 2, (around->ymin + around->ymax) / 2) !=
           holds(u, v, count, 0, (b->xmin + b->xmax) / 2, (b->ymin + b->ymax) / 2);
}

/* Whether a ring is laid as it is: its corners, and the middles of its sides, have a place in the target's CRS and come
 * back. */
static weft_status comes_back(weft_ring_projector *self, const double *x, const double *y, int64_t count, bool *all,
                              weft_error *err) {
    weft_ring_buffer *tried = &self->scratch;
    weft_status status = weft_ring_buffer_reserve(tried, 2 * count, err);
    if (status != WEFT_OK) return status;
    for (int64_t i = 0; i < count; i++) {
        int64_t next = i + 1 < count ? i + 1 : i;
        tried->u[i] = x[i];
        tried->v[i] = y[i];
        tried->u[count + i] = 0.5 * (x[i] + x[next]);
        tried->v[count + i] = 0.5 * (y[i] + y[next]);
    }
    weft_way_back_points(self->back, self->transform, 2 * count, tried->u, tried->v);
    *all = true;
    for (int64_t i = 0; i < 2 * count && *all; i++)
        *all = !isnan(tried->u[i]);
    *all = *all && !is_inside_out(self, x, y, tried->u, tried->v, count);
    return WEFT_OK;
}

/* Gives the part of a ring around the target in place of one that does not come back as a whole. Longitudes are tried
 * on three turns: where two of them meet the box, the parts are joined by a side that is followed there and back, which
 * covers nothing. */
static weft_status clip_lost(weft_ring_projector *self, double **x, double **y, int64_t *count, weft_error *err) {
    bool all = true;
    if (self->back == NULL || *count < 4 || lies_within(self, *x, *y, *count)) return WEFT_OK;
    weft_status status = comes_back(self, *x, *y, *count, &all, err);
    weft_ring_buffer *clipped = &self->clipped;
    clipped->count = 0;
    for (int turns = -1; turns <= 1 && !all && status == WEFT_OK; turns++)
        if (turns == 0 || self->file_turn > 0)
            status =
                weft_ring_clip(*x, *y, *count, turns * self->file_turn, &self->around, &self->scratch, clipped, err);
    /* Back to where it began, past the first corner of each part. */
    if (!all && status == WEFT_OK && clipped->count > 0 &&
        (clipped->u[0] != clipped->u[clipped->count - 1] || clipped->v[0] != clipped->v[clipped->count - 1]))
        status = weft_ring_buffer_put(clipped, clipped->u[0], clipped->v[0], err);
    if (all || status != WEFT_OK) return status;
    *x = clipped->u;
    *y = clipped->v;
    *count = clipped->count;
    return WEFT_OK;
}

weft_status weft_ring_projector_run(weft_ring_projector *self, double *x, double *y, int64_t count, weft_grid_ring *out,
                                    weft_error *err) {
    *out = (weft_grid_ring){0};
    weft_status status = clip_lost(self, &x, &y, &count, err);
    if (status == WEFT_OK) status = weft_ring_buffer_reserve(&self->corners, count, err);
    if (status != WEFT_OK || count == 0) return status;
    memcpy(self->corners.u, x, (size_t)count * sizeof *x);
    memcpy(self->corners.v, y, (size_t)count * sizeof *y);
    to_grid(self, count, self->corners.u, self->corners.v);
    /* What a file says runs on as it says it; a transform brings all back to one turn. */
    double turn = self->turn;
    if (self->transform == NULL) self->turn = 0;
    count = keep_placed(self, x, y, count);
    self->out.count = 0;
    if (count >= 3) status = follow(self, x, y, count, err);
    bool open = self->turn > 0 && count >= 3 && fabs(self->corners.u[count - 1] - self->corners.u[0]) > self->turn / 2;
    self->turn = turn;
    if (status == WEFT_OK && open)
        return weft_error_set(err, WEFT_ERR_DATA,
                              "a polygon goes round a pole, which a grid of longitudes and latitudes cannot show");
    *out = (weft_grid_ring){self->out.u, self->out.v, self->out.count, INFINITY, -INFINITY};
    for (int64_t i = 0; i < self->out.count; i++) {
        out->left = fmin(out->left, self->out.u[i]);
        out->right = fmax(out->right, self->out.u[i]);
    }
    return status;
}
