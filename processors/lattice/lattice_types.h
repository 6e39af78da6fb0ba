/* What source positions are computed from: the net of exactly transformed points, and each source's map from CRS
 * coordinates to pixels.
 *
 * Three coordinate systems occur, in this order:
 *
 * grid     (column, row) in cells; cell i covers [i, i + 1)
 * CRS      (x, y) in the CRS of the net, or directly in source pixels where the net belongs to one source
 * source   (u, v) in source pixels; pixel i covers [i, i + 1)
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_TYPES_H
#define WEFT_PROCESSORS_LATTICE_TYPES_H

#include "core/status.h"
#include "core/window.h"

#define WEFT_LATTICE_CELL 32 /* grid cells along a side of a lattice cell */

/* Replaces n grid coordinates (column, row) by CRS coordinates (x, y); NaN where undefined. */
typedef weft_status (*weft_project_fn)(void *payload, int64_t n, double *x, double *y, weft_error *err);

/* Replaces n CRS coordinates (x, y) by source positions (u, v). With weft_lattice_spec.wrap_cols, u is in
 * [0, wrap_cols). */
typedef void (*weft_to_pixels_fn)(const void *payload, int64_t n, double *x, double *y);

/* The exactly transformed points, between which CRS coordinates are interpolated. Sources of one CRS share a net, so
 * they agree on where a cell lies: a cell on the border between two of them is in exactly one. Shared, read-only. */
typedef struct weft_lattice_net {
    double tolerance;          /* source pixels; 0: every cell is exact */
    double pixels_x, pixels_y; /* source pixels in a unit of x and of y; of several sources, of the finest */
    double period;             /* > 0: x is a longitude, and 360 degrees are so many units of x */
    weft_project_fn project;
    /* The next two are set where the grid's map has an edge (raster/crs/outline.h), else NULL. With an edge, x increases
     * from one side of the map to the other, `period` is 0, and points that `project` leaves undefined are off the map. */
    weft_project_fn edge; /* the nearest points on the edge, for corners of cells that are off the map */
    bool (*is_off)(void *payload, weft_window window); /* whether a window and two cells around it are off the map */
    void *payload;
} weft_lattice_net;

/* How one source's positions are computed. Shared, read-only. */
typedef struct weft_lattice_spec {
    /* u = a[0] + a[1] col + a[2] row, v = a[3] + a[4] col + a[5] row, modulo wrap_cols; the rest is unused. */
    bool affine;
    double a[6];
    const weft_lattice_net *net;
    double wrap_cols;       /* > 0: u is modulo this */
    double cut, cut_period; /* cut_period > 0: x is a longitude with this period, the source does not wrap, and u jumps
                               from one end of the source to the other at x = cut */
    weft_to_pixels_fn to_pixels; /* NULL: CRS coordinates are source pixels */
    const void *payload;         /* of to_pixels */
} weft_lattice_spec;

/* The part of the lattice under one window. One worker owns it and reuses it from window to window. Its memory is
 * reserved in the ledger (WEFT_TAG_LATTICE) when it is first needed. */
typedef struct weft_lattice weft_lattice;

#endif
