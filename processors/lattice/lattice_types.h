/* What positions come from: the net of exact points, and how a source makes pixels of places.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_TYPES_H
#define WEFT_PROCESSORS_LATTICE_TYPES_H

#include "core/status.h"
#include "core/window.h"

#define WEFT_LATTICE_CELL 32 /* grid cells along a side of a lattice cell */

/* Replaces n grid coordinates (column, row) by places (x, y) in a CRS; NaN where undefined. */
typedef weft_status (*weft_project_fn)(void *payload, int64_t n, double *x, double *y, weft_error *err);

/* Replaces n places (x, y) by source coordinates (u, v). With weft_lattice_spec.wrap_cols, u is in [0, wrap_cols). */
typedef void (*weft_to_pixels_fn)(const void *payload, int64_t n, double *x, double *y);

/* The exact points and what is interpolated between them: places in a CRS. All sources that share the net agree on
 * where a cell lies, so that a cell on the edge between two of them is in one or in the other. Shared, read-only. */
typedef struct weft_lattice_net {
    double tolerance;          /* source pixels; 0: every cell is exact */
    double pixels_x, pixels_y; /* source pixels in a unit of x and of y; of several sources, of the finest */
    double turn;               /* > 0: x is a longitude, and a whole turn is so many units of it */
    weft_project_fn project;
    /* The next two where the grid's map has an edge, else NULL. Then x runs on from one side of the map to the other,
     * turn is 0, and what `project` leaves undefined is off the map. */
    weft_project_fn edge; /* for places off the map: the places on its edge that cells' corners take there */
    bool (*is_off)(void *payload, weft_window window); /* whether a window and two cells around it are off the map */
    void *payload;
} weft_lattice_net;

/* What a source's positions come from. Shared, read-only. */
typedef struct weft_lattice_spec {
    bool affine; /* then `a` and `wrap_cols` count: u = a[0] + a[1] col + a[2] row, v = a[3] + a[4] col + a[5] row */
    double a[6];
    const weft_lattice_net *net;
    double wrap_cols;       /* u is modulo this where > 0 */
    double cut, cut_period; /* cut_turn > 0: so many units of x are a turn, and at the longitude `cut` a place moves
                             from one end of the source to the other */
    weft_to_pixels_fn to_pixels; /* NULL: places are pixels */
    const void *payload;         /* of to_pixels */
} weft_lattice_spec;

/* The part of the lattice under one window. Owned by one worker, reused from window to window; its memory is the
 * ledger's (WEFT_TAG_LATTICE), reserved when first needed. */
typedef struct weft_lattice weft_lattice;

#endif
