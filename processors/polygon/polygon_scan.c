/* SPDX-License-Identifier: MIT
 *
 * A row's centre line crosses sides at places that, sorted, are where polygons begin and end. Shares are the running
 * sums of what each side covers to its right, as footprints have them (footprint.h). */
#include "processors/polygon/polygon_scan.h"

#include "core/window.h"
#include "processors/footprint/footprint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Running sums begin where the call does, so that their last digits depend on it: what is told are whole parts of
 * this. A share that is exactly a threshold is told as it is. */
#define PARTS 1073741824.0

typedef struct crossing {
    double u;
    int32_t feature, winding;
} crossing;

int64_t weft_polygon_scan_bytes(const weft_polygon_set *set, int64_t cols) {
    return weft_larger(set->longest * (int64_t)sizeof(crossing), (cols + 2) * (int64_t)sizeof(double));
}

bool weft_polygon_set_is_near(const weft_polygon_set *set, int64_t col, int64_t row, int64_t cols, int64_t rows) {
    return set->count > 0 && set->left <= (double)(col + cols) && set->right >= (double)col &&
           set->top <= (double)(row + rows) && set->bottom >= (double)row;
}

static void band_of(const weft_polygon_set *set, int64_t row, int64_t *first, int64_t *end) {
    int64_t band = row / WEFT_POLYGON_BAND;
    *first = band == 0 ? 0 : set->band_ends[band - 1];
    *end = set->band_ends[band];
}

static int by_place(const void *a, const void *b) {
    double left = ((const crossing *)a)->u, right = ((const crossing *)b)->u;
    return (left > right) - (left < right);
}

static int by_feature(const void *a, const void *b) {
    int32_t left = ((const crossing *)a)->feature, right = ((const crossing *)b)->feature;
    return left != right ? (left > right) - (left < right) : by_place(a, b);
}

/* Sides right of the grid are not there: what has no end goes on to its last column.
 * A side belongs to rows whose centre line it begins on or above, and ends below. */
static int64_t find_crossings(const weft_polygon_set *set, int64_t row, crossing *out) {
    double v = (double)row + 0.5;
    int64_t first, end, count = 0;
    band_of(set, row, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const weft_polygon_edge *edge = &set->edges[set->band_edges[i]];
        if (edge->v0 > v || edge->v1 <= v) continue;
        double u = edge->u0 + (v - edge->v0) / (edge->v1 - edge->v0) * (edge->u1 - edge->u0);
        out[count++] = (crossing){u, edge->feature, edge->winding};
    }
    return count;
}

/* The first cell whose centre is at u or right of it, from `col` on; at most `cols`. */
static int64_t cell_from(double u, int64_t col, int64_t cols) {
    double at = ceil(u - 0.5) - (double)col;
    return at <= 0 ? 0 : at >= (double)cols ? cols : (int64_t)at;
}

int64_t weft_polygon_scan_centres(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, uint8_t *out,
                                  void *scratch) {
    crossing *at = scratch;
    int64_t inside = 0;
    memset(out, 0, (size_t)cols);
    if (!weft_polygon_set_is_near(set, col, row, cols, 1)) return 0;
    int64_t count = find_crossings(set, row, at);
    if (count > 1) qsort(at, (size_t)count, sizeof *at, by_place);
    for (int64_t i = 0, winding = 0; i < count; i++) {
        winding += at[i].winding;
        if (winding == 0) continue;
        int64_t from = cell_from(at[i].u, col, cols), to = i + 1 < count ? cell_from(at[i + 1].u, col, cols) : cols;
        if (to > from) memset(out + from, 1, (size_t)(to - from));
        inside += weft_larger(to - from, 0);
    }
    return inside;
}

/* From the last feature to the first, which is painted over the others. */
void weft_polygon_scan_features(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, int32_t *out,
                                void *scratch) {
    crossing *at = scratch;
    for (int64_t i = 0; i < cols; i++)
        out[i] = -1;
    if (!weft_polygon_set_is_near(set, col, row, cols, 1)) return;
    int64_t count = find_crossings(set, row, at);
    if (count > 1) qsort(at, (size_t)count, sizeof *at, by_feature);
    for (int64_t end = count, first; end > 0; end = first) {
        int64_t winding = 0;
        for (first = end - 1; first > 0 && at[first - 1].feature == at[end - 1].feature;)
            first--;
        for (int64_t i = first; i < end; i++) {
            winding += at[i].winding;
            if (winding == 0) continue;
            int64_t from = cell_from(at[i].u, col, cols), to = i + 1 < end ? cell_from(at[i + 1].u, col, cols) : cols;
            for (int64_t cell = from; cell < to; cell++)
                out[cell] = at[i].feature;
        }
    }
}

double weft_polygon_share(double share) {
    double told = round(share * PARTS) / PARTS;
    return told > 1 ? 1 : told > 0 ? told : 0;
}

void weft_polygon_scan_shares(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, double *out,
                              void *scratch) {
    double *sums = scratch, running = 0;
    int64_t first, end;
    if (!weft_polygon_set_is_near(set, col, row, cols, 1)) {
        for (int64_t i = 0; i < cols; i++)
            out[i] = 0;
        return;
    }
    memset(sums, 0, (size_t)(cols + 2) * sizeof *sums);
    band_of(set, row, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const weft_polygon_edge *edge = &set->edges[set->band_edges[i]];
        double left = (double)col, top = (double)row;
        if (edge->v1 <= top || edge->v0 >= top + 1) continue;
        if (edge->winding > 0)
            weft_footprint_add_side(sums, cols, 1, edge->u0 - left, edge->v0 - top, edge->u1 - left, edge->v1 - top);
        else
            weft_footprint_add_side(sums, cols, 1, edge->u1 - left, edge->v1 - top, edge->u0 - left, edge->v0 - top);
    }
    for (int64_t i = 0; i < cols; i++) {
        running += sums[i];
        out[i] = weft_polygon_share(running);
    }
}
