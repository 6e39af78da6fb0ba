/* Polygons on a grid: their edges in cells, and which of them are in which rows.
 *
 * Edges are added ring by ring, a feature after the other, then indexed once. A ring's direction does not matter:
 * rings that bound a polygon from outside and holes in it are told apart by who adds them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_POLYGON_SET_H
#define WEFT_PROCESSORS_POLYGON_SET_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* From its upper end to its lower one (v grows downward), so that two polygons that share a side compute the same
 * places on it, whichever way each goes round. u and v: columns and rows of the grid. Level sides are left out: no
 * row's centre line crosses them, and they bound no area sideways. */
typedef struct weft_polygon_edge {
    double u0, v0, u1, v1; /* v0 < v1 */
    int32_t feature;       /* from 0, in the order of adding */
    int32_t winding;       /* what is added where it is crossed from the left: +1 or -1; inside sums to 1 */
} weft_polygon_edge;

/* Zero-initialised is empty. Once it is indexed any thread may read. */
typedef struct weft_polygon_set {
    weft_polygon_edge *edges;
    int64_t count, capacity;
    int64_t max_bytes;               /* that edges may take; 0: any number */
    int64_t cols, rows;              /* the grid's */
    int64_t *band_ends;              /* of each band of WEFT_POLYGON_BAND rows, in band_edges */
    int64_t *band_edges;             /* the numbers of the edges in it, ascending */
    int64_t longest;                 /* the most edges of a band */
    double left, right, top, bottom; /* of all edges; left > right: there are none */
} weft_polygon_set;

#define WEFT_POLYGON_BAND 32

void weft_polygon_set_dispose(weft_polygon_set *set);

/* Adds a ring of `count` corners, closed or not, of the feature; a ring of no area adds nothing. Errors:
 * WEFT_ERR_MEMORY (also: more than max_bytes). */
weft_status weft_polygon_set_add(weft_polygon_set *set, int32_t feature, bool hole, const double *u, const double *v,
                                 int64_t count, weft_error *err);

/* Indexes what was added, for a grid of so many cells. Errors: WEFT_ERR_MEMORY. */
weft_status weft_polygon_set_index(weft_polygon_set *set, int64_t cols, int64_t rows, weft_error *err);

#endif
