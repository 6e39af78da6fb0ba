/* SPDX-License-Identifier: MIT
 *
 * I. E. Sutherland and G. W. Hodgman, Reentrant polygon clipping (1974): one side of the box after the other. */
#include "raster/vector/ring_clip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

weft_status weft_ring_buffer_reserve(weft_ring_buffer *to, int64_t count, weft_error *err) {
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

weft_status weft_ring_buffer_put(weft_ring_buffer *to, double u, double v, weft_error *err) {
    weft_status status = weft_ring_buffer_reserve(to, to->count + 1, err);
    if (status != WEFT_OK) return status;
    to->u[to->count] = u;
    to->v[to->count++] = v;
    return WEFT_OK;
}

void weft_ring_buffer_dispose(weft_ring_buffer *buffer) {
    free(buffer->u);
    free(buffer->v);
}

/* How far inside a side of the box a corner lies: left, right, bottom, top. */
static double inside(const weft_bounds *box, int side, double u, double v) {
    const double depths[] = {u - box->xmin, box->xmax - u, v - box->ymin, box->ymax - v};
    return depths[side];
}

/* What lies inside one side of the box of a ring whose corners are put one by one, in place of `from`. */
static weft_status clip_side(const weft_ring_buffer *from, const weft_bounds *box, int side, weft_ring_buffer *to,
                             weft_error *err) {
    weft_status status = WEFT_OK;
    to->count = 0;
    for (int64_t i = 0; i < from->count && status == WEFT_OK; i++) {
        int64_t next = i + 1 < from->count ? i + 1 : 0;
        double u = from->u[i], v = from->v[i], depth = inside(box, side, u, v);
        double after = inside(box, side, from->u[next], from->v[next]);
        if (depth >= 0) status = weft_ring_buffer_put(to, u, v, err);
        if ((depth >= 0) == (after >= 0) || status != WEFT_OK) continue;
        double t = depth / (depth - after);
        status = weft_ring_buffer_put(to, u + t * (from->u[next] - u), v + t * (from->v[next] - v), err);
    }
    return status;
}

weft_status weft_ring_clip(const double *x, const double *y, int64_t count, double shift, const weft_bounds *box,
                           weft_ring_buffer *scratch, weft_ring_buffer *out, weft_error *err) {
    weft_ring_buffer other = {0};
    weft_status status = weft_ring_buffer_reserve(scratch, count, err);
    scratch->count = 0;
    for (int64_t i = 0; i < count - 1 && status == WEFT_OK; i++) /* the last corner is the first */
        status = weft_ring_buffer_put(scratch, x[i] + shift, y[i], err);
    for (int side = 0; side < 4 && status == WEFT_OK; side += 2) {
        status = clip_side(scratch, box, side, &other, err);
        if (status == WEFT_OK) status = clip_side(&other, box, side + 1, scratch, err);
    }
    weft_ring_buffer_dispose(&other);
    if (scratch->count < 3) scratch->count = 0;
    for (int64_t i = 0; i <= scratch->count && scratch->count > 0 && status == WEFT_OK; i++) {
        int64_t at = i < scratch->count ? i : 0;
        status = weft_ring_buffer_put(out, scratch->u[at], scratch->v[at], err);
    }
    return status;
}
