/* Between the files of this folder only: what a lattice holds.
 *
 * A lattice cell is a "tile" here, to tell it from the grid's cells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_TILES_H
#define WEFT_PROCESSORS_LATTICE_TILES_H

#include "core/memory/buffer.h"
#include "core/multiversion.h"
#include "processors/lattice/lattice_types.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

/* --- the interpolation that all of them share, and longitudes that wrap --- */

/* Bilinear between a tile's corners; fx, fy in 0 .. 1. First along both sides, then between them: whoever asks gets the
 * same bits for the same place. */
WEFT_INLINE double weft_interpolate(const double corner[4], double fx, double fy) {
    double left = corner[0] + fy * (corner[2] - corner[0]);
    double right = corner[1] + fy * (corner[3] - corner[1]);
    return left + fx * (right - left);
}

/* u modulo a whole turn, in [0, wrap). The last step is for u a little under 0: the sum may round to wrap itself. */
WEFT_INLINE double weft_wrap(double u, double wrap) {
    u -= floor(u / wrap) * wrap;
    return u < wrap ? u : 0;
}

/* u moved by whole turns, to where it is nearest to the reference. */
WEFT_INLINE double weft_nearest_turn(double u, double reference, double wrap) {
    return u - wrap * round((u - reference) / wrap);
}

/* Brings a tile's corners to one turn, that of the first, so that they can be interpolated. wrap <= 0: none. */
WEFT_INLINE void weft_unwrap(double u[4], double wrap) {
    for (int i = 1; i < 4 && wrap > 0; i++)
        u[i] = weft_nearest_turn(u[i], u[0], wrap);
}

/* One tile. Positions in it are interpolated from its corners, or, where that is too far off, looked up in a table. The
 * corners' order: upper left, upper right, lower left, lower right. */
typedef struct weft_tile {
    bool split;
    bool cut;          /* by the longitude opposite the source that looks: pixels cannot be interpolated */
    double x[4], y[4]; /* places */
    double u[4], v[4]; /* pixels of the source that looks; u unwrapped near the first */
} weft_tile;

/* The places of a split tile's cells, row-major. */
typedef struct weft_tile_cells {
    double x[WEFT_LATTICE_CELL * WEFT_LATTICE_CELL], y[WEFT_LATTICE_CELL * WEFT_LATTICE_CELL];
} weft_tile_cells;

/* Lines of cells of a row of tiles, a bit each. */
typedef uint32_t weft_tile_lines;
static_assert(WEFT_LATTICE_CELL == 32, "weft_tile_lines has a bit for each line of a row of tiles");

/* The tiles of one lattice row, side by side. */
typedef struct weft_tile_row {
    int64_t row, first, count; /* in tiles; count 0: nothing */
    bool with_corners;
    const weft_lattice_spec *seen_by; /* whose pixels the tiles' corners hold */
    weft_tile_lines centres, corners; /* with tolerance 0: the lines that the tables hold */
    weft_buffer tiles;
    /* A weft_tile_cells for each tile of the row; empty until one is split. Corners: if wanted. */
    weft_buffer centre_table, corner_table;
} weft_tile_row;

struct weft_lattice {
    weft_ledger *ledger;
    const weft_lattice_spec *spec;
    weft_lattice_net net;  /* of the rows */
    weft_tile_row rows[2]; /* of the window, and the one below for its lower corners */
    weft_buffer points;    /* x, then y, of lines across the window */
    weft_buffer descent;   /* empty until a tile is split */
    int64_t projected;
};

/* The row of tiles that holds grid row `row`, one of the window that was prepared. */
WEFT_INLINE const weft_tile_row *weft_lattice_row_at(const weft_lattice *lattice, int64_t row) {
    return &lattice->rows[row / WEFT_LATTICE_CELL == lattice->rows[0].row ? 0 : 1];
}

/* Counted, so that tests see how many points a lattice saves. */
WEFT_INLINE weft_status weft_lattice_project(weft_lattice *lattice, int64_t count, double *x, double *y,
                                             weft_error *err) {
    lattice->projected += count;
    return lattice->net.project(lattice->net.payload, count, x, y, err);
}

WEFT_INLINE weft_status weft_lattice_reserve(weft_lattice *lattice, weft_buffer *buffer, int64_t bytes,
                                             weft_error *err) {
    return weft_buffer_reserve(buffer, lattice->ledger, WEFT_TAG_LATTICE, bytes, err);
}

/* Replaces n places by the source's pixels. Places that are pixels need only be brought into the first turn. */
WEFT_INLINE void weft_places_to_pixels(const weft_lattice_spec *spec, int64_t n, double *x, double *y) {
    if (spec->to_pixels != NULL) {
        spec->to_pixels(spec->payload, n, x, y);
        return;
    }
    for (int64_t i = 0; i < n && spec->wrap_cols > 0; i++)
        if (!isnan(x[i])) x[i] = weft_wrap(x[i], spec->wrap_cols);
}

#endif
