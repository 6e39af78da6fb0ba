/* Between the files of this folder only: the data of a lattice.
 *
 * In this folder a lattice cell is called a tile, so that "cell" always is a grid cell. A line is one row of grid cells
 * within a row of tiles.
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

/* --- interpolation, and longitudes that wrap --- */

/* Bilinear interpolation between a tile's corners; fx, fy in 0 .. 1. Everyone interpolates with this function (first
 * along the left and right sides, then between them), so one position always gets the same bits. */
WEFT_INLINE double weft_interpolate(const double corner[4], double fx, double fy) {
    double left = corner[0] + fy * (corner[2] - corner[0]);
    double right = corner[1] + fy * (corner[3] - corner[1]);
    return left + fx * (right - left);
}

/* u modulo `wrap`, in [0, wrap). The last step is for u a little under 0, where the sum may round to wrap itself. */
WEFT_INLINE double weft_wrap(double u, double wrap) {
    u -= floor(u / wrap) * wrap;
    return u < wrap ? u : 0;
}

/* u + k * wrap for the whole number k that brings it nearest to the reference. */
WEFT_INLINE double weft_nearest_period(double u, double reference, double wrap) {
    return u - wrap * round((u - reference) / wrap);
}

/* Brings a tile's corners within half a period of the first one, so that they can be interpolated. Does nothing where
 * wrap <= 0. */
WEFT_INLINE void weft_unwrap(double u[4], double wrap) {
    for (int i = 1; i < 4 && wrap > 0; i++)
        u[i] = weft_nearest_period(u[i], u[0], wrap);
}

/* One tile. Positions in it are interpolated between its corners, or, where it is split, looked up in a table.
 * Corners are in the order upper left, upper right, lower left, lower right. */
typedef struct weft_tile {
    bool split;
    bool cut;          /* the source's cut (weft_lattice_spec.cut) runs through it: u and v cannot be interpolated */
    double x[4], y[4]; /* CRS coordinates of the corners */
    double u[4], v[4]; /* pixels of the current source (weft_tile_row.pixels_of); u unwrapped near the first */
} weft_tile;

/* CRS coordinates of a split tile's cells, row-major. */
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
    const weft_lattice_spec *pixels_of; /* the source of which u and v of the tiles are pixels; NULL: of none yet */
    weft_tile_lines centres, corners;   /* with tolerance 0: the lines that the tables hold */
    weft_buffer tiles;                  /* weft_tile[count] */
    /* weft_tile_cells[count], empty until a tile is split. The corners' one only with with_corners. */
    weft_buffer centre_table, corner_table;
} weft_tile_row;

struct weft_lattice {
    weft_ledger *ledger;
    const weft_lattice_spec *spec;
    weft_lattice_net net;  /* the net that the rows hold */
    weft_tile_row rows[2]; /* the window's, and the one below for the lower corners of its cells */
    weft_buffer points;    /* scratch: x, then y, of points on lines across the window */
    weft_buffer descent;   /* scratch for splitting; empty until a tile is split */
    int64_t projected;     /* points that were transformed exactly */
};

/* The row of tiles that holds grid row `row` of the prepared window. */
WEFT_INLINE const weft_tile_row *weft_lattice_row_at(const weft_lattice *lattice, int64_t row) {
    return &lattice->rows[row / WEFT_LATTICE_CELL == lattice->rows[0].row ? 0 : 1];
}

/* Transforms points exactly, and counts them, so that tests see how many a lattice saves. */
WEFT_INLINE weft_status weft_lattice_project(weft_lattice *lattice, int64_t count, double *x, double *y,
                                             weft_error *err) {
    lattice->projected += count;
    return lattice->net.project(lattice->net.payload, count, x, y, err);
}

WEFT_INLINE weft_status weft_lattice_reserve(weft_lattice *lattice, weft_buffer *buffer, int64_t bytes,
                                             weft_error *err) {
    return weft_buffer_reserve(buffer, lattice->ledger, WEFT_TAG_LATTICE, bytes, err);
}

/* Replaces n CRS coordinates by the source's pixels. Where they are pixels already, u is only wrapped. */
WEFT_INLINE void weft_coordinates_to_pixels(const weft_lattice_spec *spec, int64_t n, double *x, double *y) {
    if (spec->to_pixels != NULL) {
        spec->to_pixels(spec->payload, n, x, y);
        return;
    }
    for (int64_t i = 0; i < n && spec->wrap_cols > 0; i++)
        if (!isnan(x[i])) x[i] = weft_wrap(x[i], spec->wrap_cols);
}

#endif
