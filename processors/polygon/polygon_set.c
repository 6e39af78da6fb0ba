/* SPDX-License-Identifier: MIT */
#include "processors/polygon/polygon_set.h"

#include "core/window.h"

#include <math.h>
#include <stdlib.h>

void weft_polygon_set_dispose(weft_polygon_set *set) {
    free(set->edges);
    free(set->band_ends);
    free(set->band_edges);
    *set = (weft_polygon_set){0};
}

/* --- adding --- */

static weft_status reserve(weft_polygon_set *set, int64_t more, weft_error *err) {
    const int64_t edge = (int64_t)sizeof *set->edges;
    if (set->count + more <= set->capacity) return WEFT_OK;
    int64_t capacity = weft_larger(2 * set->capacity, set->count + more);
    if (set->max_bytes > 0) capacity = weft_smaller(capacity, set->max_bytes / edge);
    if (capacity < set->count + more)
        return weft_error_set(err, WEFT_ERR_MEMORY, "polygons of more than %lld sides are too large",
                              (long long)(set->max_bytes / edge));
    weft_polygon_edge *edges = realloc(set->edges, (size_t)capacity * sizeof *edges);
    if (edges == NULL) return weft_error_no_memory(err, "polygons");
    set->edges = edges;
    set->capacity = capacity;
    return WEFT_OK;
}

/* Twice the signed area, around the first corner, whose distance else eats the digits. */
static double area_of(const double *u, const double *v, int64_t count) {
    double area = 0;
    for (int64_t i = 1; i + 1 < count; i++)
        area += (u[i] - u[0]) * (v[i + 1] - v[0]) - (u[i + 1] - u[0]) * (v[i] - v[0]);
    return area;
}

static void add_edge(weft_polygon_set *set, int32_t feature, int32_t down, double u0, double v0, double u1, double v1) {
    if (v0 == v1) return;
    bool turned = v0 > v1;
    weft_polygon_edge edge = turned ? (weft_polygon_edge){u1, v1, u0, v0, feature, -down}
                                    : (weft_polygon_edge){u0, v0, u1, v1, feature, down};
    if (set->count == 0) {
        set->left = set->top = INFINITY;
        set->right = set->bottom = -INFINITY;
    }
    set->edges[set->count++] = edge;
    set->left = fmin(set->left, fmin(u0, u1));
    set->right = fmax(set->right, fmax(u0, u1));
    set->top = fmin(set->top, edge.v0);
    set->bottom = fmax(set->bottom, edge.v1);
}

/* With v growing downward a ring of positive area goes right along its upper side: its left sides go up. */
weft_status weft_polygon_set_add(weft_polygon_set *set, int32_t feature, bool hole, const double *u, const double *v,
                                 int64_t count, weft_error *err) {
    double area = area_of(u, v, count);
    if (!(area != 0)) return WEFT_OK; /* nor where it is not a number */
    weft_status status = reserve(set, count, err);
    int32_t down = (area > 0) == hole ? 1 : -1;
    for (int64_t i = 0; i < count && status == WEFT_OK; i++) {
        int64_t next = i + 1 == count ? 0 : i + 1;
        add_edge(set, feature, down, u[i], v[i], u[next], v[next]);
    }
    return status;
}

/* --- index --- */

/* The bands that an edge lies in. False: none of the grid. Edges right of the grid bound nothing of it. */
static bool bands_of(const weft_polygon_set *set, const weft_polygon_edge *edge, int64_t *first, int64_t *last) {
    double rows = (double)set->rows;
    if (edge->v1 < 0 || edge->v0 > rows || fmin(edge->u0, edge->u1) > (double)set->cols) return false;
    *first = (int64_t)fmax(edge->v0, 0) / WEFT_POLYGON_BAND;
    *last = (int64_t)fmin(edge->v1, rows - 1) / WEFT_POLYGON_BAND;
    return *first <= *last;
}

weft_status weft_polygon_set_index(weft_polygon_set *set, int64_t cols, int64_t rows, weft_error *err) {
    int64_t bands = (rows + WEFT_POLYGON_BAND - 1) / WEFT_POLYGON_BAND, first, last, total = 0;
    set->cols = cols;
    set->rows = rows;
    if (set->count == 0) set->left = 1;
    set->band_ends = calloc((size_t)bands + 1, sizeof *set->band_ends);
    if (set->band_ends == NULL) return weft_error_no_memory(err, "polygons");
    for (int64_t i = 0; i < set->count; i++)
        if (bands_of(set, &set->edges[i], &first, &last))
            for (int64_t band = first; band <= last; band++)
                set->band_ends[band]++;
    for (int64_t band = 0; band < bands; band++) {
        int64_t own = set->band_ends[band];
        set->longest = weft_larger(set->longest, own);
        set->band_ends[band] = total;
        total += own;
    }
    set->band_edges = calloc((size_t)total + 1, sizeof *set->band_edges);
    if (set->band_edges == NULL) return weft_error_no_memory(err, "polygons");
    /* Starts move to ends while the bands fill. */
    for (int64_t i = 0; i < set->count; i++)
        if (bands_of(set, &set->edges[i], &first, &last))
            for (int64_t band = first; band <= last; band++)
                set->band_edges[set->band_ends[band]++] = i;
    return WEFT_OK;
}
