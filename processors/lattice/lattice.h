/* Source positions of grid cells, interpolated from a fixed net of exactly transformed points.
 *
 * The net is anchored at the grid's origin: lattice cells of 32 x 32 grid cells, corners transformed exactly. A lattice
 * cell is accepted where bilinear interpolation is within the tolerance at its centre and at the middle of its sides;
 * else it splits in four, down to single cells, which are exact. What a cell gets depends on its place in the grid
 * alone, never on the window that asked. Sources of one CRS share the net, and each makes pixels of its places.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_H
#define WEFT_PROCESSORS_LATTICE_H

#include "core/memory/buffer.h"
#include "core/window.h"

#define WEFT_LATTICE_CELL 32

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
    double wrap_cols;     /* u is modulo this where > 0 */
    double cut, cut_turn; /* cut_turn > 0: so many units of x are a turn, and at the longitude `cut` a place moves from
                             one end of the source to the other */
    weft_to_pixels_fn to_pixels; /* NULL: places are pixels */
    const void *payload;         /* of to_pixels */
} weft_lattice_spec;

/* The part of the lattice under one window. Owned by one worker, reused from window to window; its memory is the
 * ledger's (WEFT_TAG_LATTICE), reserved when first needed. */
typedef struct weft_lattice weft_lattice;

/* ledger    borrowed; outlives the lattice */
weft_status weft_lattice_new(weft_lattice **out, weft_ledger *ledger, weft_error *err);
void weft_lattice_free(weft_lattice *lattice);

/* Gives the memory back; what was prepared is forgotten. */
void weft_lattice_release(weft_lattice *lattice);

/* What a lattice reserves at most for windows of one lattice row: `fixed_bytes`, and `column_bytes` for each of the
 * window's columns. `split`: where lattice cells are split, as all are with tolerance 0; else nothing is. */
typedef struct weft_lattice_cost {
    int64_t fixed_bytes, column_bytes;
} weft_lattice_cost;
weft_lattice_cost weft_lattice_cost_of(const weft_lattice_spec *spec, bool corners, bool split);

/* The rows of `window` that lie in the lattice row it begins in: what one prepare can take. */
int64_t weft_lattice_band_rows(weft_window window);

/* Prepares the positions of every cell of `window`, and, with `corners`, of all its cell corners (those of column
 * window.col + window.cols and row window.row + window.rows too). The window lies in one lattice row. A call for what
 * is already there does nothing. Errors: WEFT_ERR_MEMORY (the ledger refused), the projection's. */
weft_status weft_lattice_prepare(weft_lattice *lattice, const weft_lattice_spec *spec, weft_window window, bool corners,
                                 weft_error *err);

/* A rectangle of places, as bounds; west over a turn below or above where x is a longitude. */
typedef struct weft_lattice_box {
    double xmin, ymin, xmax, ymax;
} weft_lattice_box;

/* The places of all cells of `window`, as for weft_lattice_prepare(), of which it keeps the net. `straight`: the net
 * maps the grid affinely, and needs no lattice. *any is false where no cell has a place. Errors: those of
 * weft_lattice_prepare(). */
weft_status weft_lattice_find_box(weft_lattice *lattice, const weft_lattice_net *net, bool straight, weft_window window,
                                  bool corners, weft_lattice_box *out, bool *any, weft_error *err);

/* Centres of the cells (col .. col + n - 1, row): u[n], v[n]; NaN where undefined. With wrap, u is in [0, wrap_cols).
 */
void weft_lattice_centres(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v);

/* Corners (col .. col + n - 1, row), each from the lattice cell to its right and below. NaN where undefined; those off
 * a map that has an edge are on the edge, and NaN only two cells or more from the map. With wrap, in [0, wrap_cols):
 * whoever builds a footprint unwraps. */
void weft_lattice_corners(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v);

/* Whether u depends on the column alone and v on the row alone: one CRS, and no rotation. */
bool weft_lattice_is_separable(const weft_lattice_spec *spec);

/* Positions along both axes of a separable lattice: u of the columns col .. col + cols - 1 and v of the rows row .. row
 * + rows - 1, at `offset` cells from their upper left corner (0.5: centres, 0: corners). The same values as
 * weft_lattice_centres() and weft_lattice_corners() give. */
void weft_lattice_axes(const weft_lattice_spec *spec, double offset, int64_t col, int64_t row, int64_t cols,
                       int64_t rows, double *u, double *v);

/* Whether a lattice cell had to be split since the memory was last given back. */
bool weft_lattice_has_split(const weft_lattice *lattice);

/* How many points were projected exactly since the lattice was made. */
int64_t weft_lattice_projected(const weft_lattice *lattice);

#endif
