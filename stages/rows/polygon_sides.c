/* SPDX-License-Identifier: MIT */
#include "stages/rows/polygon_sides.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIDES 1024

void weft_polygon_sides_dispose(weft_polygon_sides *self) {
    weft_ring_projector_free(self->projector);
    weft_buffer_release(&self->items);
    weft_buffer_release(&self->active);
    weft_buffer_release(&self->ring);
}

weft_status weft_polygon_sides_tie(weft_polygon_sides *self, const weft_crs *from, const weft_source_info *info,
                                   weft_error *err) {
    self->cols = info->wraps ? info->wrap_cols : info->cols;
    self->rows = info->rows;
    const weft_ring_target target = weft_ring_target_of_raster(info->crs, info->geotransform, self->cols, self->rows);
    weft_ring_projector_free(self->projector);
    self->projector = NULL;
    return weft_ring_projector_new(&self->projector, from, &target, err);
}

static weft_status grow(weft_polygon_sides *self, weft_error *err) {
    int64_t capacity = self->capacity == 0 ? FIRST_SIDES : 2 * self->capacity;
    int64_t bytes = capacity * (int64_t)sizeof(weft_zone_side);
    weft_buffer larger = {0};
    weft_status status = weft_buffer_reserve_min(&larger, self->ledger, WEFT_TAG_LATTICE, bytes, err);
    if (status != WEFT_OK) return status;
    if (self->count > 0) memcpy(larger.data, self->items.data, (size_t)self->count * sizeof(weft_zone_side));
    weft_buffer_release(&self->items);
    self->items = larger;
    self->capacity = capacity;
    return weft_buffer_reserve_min(&self->active, self->ledger, WEFT_TAG_LATTICE, bytes, err);
}

/* Twice the area of a ring; over 0 where it turns as the pixels' own outlines do. */
static double double_area(const weft_grid_ring *ring) {
    double sum = 0;
    for (int64_t i = 0, j = ring->count - 1; i < ring->count; j = i++)
        sum += (ring->u[j] - ring->u[0]) * (ring->v[i] - ring->v[0]) -
               (ring->u[i] - ring->u[0]) * (ring->v[j] - ring->v[0]);
    return sum;
}

static weft_status add_sides(weft_polygon_sides *self, const weft_grid_ring *ring, bool forward, double shift,
                             weft_error *err) {
    weft_status status = WEFT_OK;
    for (int64_t i = 0, j = ring->count - 1; i < ring->count && status == WEFT_OK; j = i++) {
        int64_t from = forward ? j : i, to = forward ? i : j;
        if (ring->v[from] == ring->v[to]) continue;
        if (self->count == self->capacity) status = grow(self, err);
        if (status != WEFT_OK) break;
        ((weft_zone_side *)self->items.data)[self->count++] =
            (weft_zone_side){ring->u[from] + shift, ring->v[from], ring->u[to] + shift, ring->v[to]};
    }
    return status;
}

/* On a source of longitudes a ring lies on each turn that it touches. */
static weft_status add_ring(weft_polygon_sides *self, const weft_polygon_corner *corners, int64_t count, bool hole,
                            weft_error *err) {
    weft_grid_ring ring;
    weft_status status =
        weft_buffer_reserve_min(&self->ring, self->ledger, WEFT_TAG_LATTICE, 2 * count * (int64_t)sizeof(double), err);
    if (status != WEFT_OK) return status;
    double *x = self->ring.data, *y = x + count;
    for (int64_t i = 0; i < count; i++) {
        x[i] = corners[i].x;
        y[i] = corners[i].y;
    }
    status = weft_ring_projector_run(self->projector, x, y, count, &ring, err);
    if (status != WEFT_OK || ring.count < 3) return status;
    double area = double_area(&ring), turn = weft_ring_projector_turn(self->projector);
    bool forward = (area > 0) != hole;
    self->area += (hole ? -1 : 1) * fabs(area) / 2;
    if (turn == 0) return add_sides(self, &ring, forward, 0, err);
    double first = ceil(-ring.right / turn), last = floor(((double)self->cols - ring.left) / turn);
    for (double at = first; at <= last && status == WEFT_OK; at++)
        status = add_sides(self, &ring, forward, at * turn, err);
    return status;
}

static int compare(double a, double b) {
    return (a > b) - (a < b);
}

/* All of a side counts, so that equal ones alone may change places. */
static int by_top(const void *a, const void *b) {
    const weft_zone_side *p = a, *q = b;
    int order = compare(weft_zone_side_top(p), weft_zone_side_top(q));
    if (order == 0) order = compare(p->u0, q->u0);
    if (order == 0) order = compare(p->v0, q->v0);
    if (order == 0) order = compare(p->u1, q->u1);
    return order != 0 ? order : compare(p->v1, q->v1);
}

static int64_t clamp(double value, int64_t high) {
    if (!(value > 0)) return 0;
    return value < (double)high ? (int64_t)value : high;
}

weft_status weft_polygon_sides_find(weft_polygon_sides *self, const weft_polygon_corner *corners, int64_t count,
                                    weft_error *err) {
    weft_status status = WEFT_OK;
    if (self->capacity == 0) status = grow(self, err);
    self->count = 0;
    self->area = 0;
    for (int64_t at = 0, end; at < count && status == WEFT_OK; at = end) {
        for (end = at + 1; end < count && !isnan(corners[end].x); end++) {
        }
        status = add_ring(self, corners + at + 1, end - at - 1, corners[at].y == 1, err);
    }
    if (status == WEFT_OK) qsort(self->items.data, (size_t)self->count, sizeof(weft_zone_side), by_top);
    return status;
}

weft_window weft_polygon_sides_window(const weft_polygon_sides *self) {
    const weft_zone_side *sides = self->items.data;
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int64_t i = 0; i < self->count; i++) {
        left = fmin(left, fmin(sides[i].u0, sides[i].u1));
        right = fmax(right, fmax(sides[i].u0, sides[i].u1));
        top = fmin(top, weft_zone_side_top(&sides[i]));
        bottom = fmax(bottom, weft_zone_side_bottom(&sides[i]));
    }
    int64_t col = clamp(floor(left), self->cols), row = clamp(floor(top), self->rows);
    return (weft_window){col, row, clamp(ceil(right), self->cols) - col, clamp(ceil(bottom), self->rows) - row};
}
