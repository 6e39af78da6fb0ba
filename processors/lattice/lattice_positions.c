/* SPDX-License-Identifier: MIT
 *
 * The loops over a row of cells are the hot part of a lattice: each is a plain loop over one tile's columns, without
 * calls or branches, so that it vectorises. */
#include "processors/lattice/lattice_positions.h"

#include "processors/lattice/lattice_tiles.h"

#include <string.h>

#define SIDE WEFT_LATTICE_CELL

static void affine_span(const weft_lattice_spec *spec, double col, double row, int64_t n, double *u, double *v) {
    const double *a = spec->a;
    double start_u = a[0] + a[2] * row, start_v = a[3] + a[5] * row;
    for (int64_t i = 0; i < n; i++) {
        u[i] = start_u + a[1] * (col + (double)i);
        v[i] = start_v + a[4] * (col + (double)i);
    }
    if (spec->wrap_cols <= 0) return;
    for (int64_t i = 0; i < n; i++)
        u[i] = weft_wrap(u[i], spec->wrap_cols);
}

static void interpolated_span(const weft_tile *at, double offset, int64_t col, int64_t row, int64_t n, double wrap,
                              double *u, double *v) {
    double fy = ((double)row + offset) / SIDE;
    double left_u = at->u[0] + fy * (at->u[2] - at->u[0]), right_u = at->u[1] + fy * (at->u[3] - at->u[1]);
    double left_v = at->v[0] + fy * (at->v[2] - at->v[0]), right_v = at->v[1] + fy * (at->v[3] - at->v[1]);
    double step_u = right_u - left_u, step_v = right_v - left_v;
    for (int64_t i = 0; i < n; i++) {
        double fx = ((double)(col + i) + offset) / SIDE;
        u[i] = left_u + fx * step_u;
        v[i] = left_v + fx * step_v;
    }
    if (wrap <= 0) return;
    for (int64_t i = 0; i < n; i++)
        u[i] = weft_wrap(u[i], wrap);
}

/* Places are interpolated here, and each becomes a pixel: at the source's far side pixels jump. */
static void cut_span(const weft_lattice_spec *spec, const weft_tile *at, double offset, int64_t col, int64_t row,
                     int64_t n, double *u, double *v) {
    double x[4], fy = ((double)row + offset) / SIDE;
    memcpy(x, at->x, sizeof x);
    weft_unwrap(x, spec->net->period);
    for (int64_t i = 0; i < n; i++) {
        double fx = ((double)(col + i) + offset) / SIDE;
        u[i] = weft_interpolate(x, fx, fy);
        v[i] = weft_interpolate(at->y, fx, fy);
    }
    weft_coordinates_to_pixels(spec, n, u, v);
}

/* Positions of n cells of grid row `row`: centres (offset 0.5) or upper left corners (offset 0). */
static void read_span(const weft_lattice *lattice, double offset, int64_t col, int64_t row, int64_t n, double *u,
                      double *v) {
    if (lattice->spec->affine) {
        affine_span(lattice->spec, (double)col + offset, (double)row + offset, n, u, v);
        return;
    }
    const weft_tile_row *of = weft_lattice_row_at(lattice, row);
    const weft_tile *tiles = of->tiles.data;
    const weft_tile_cells *tables = offset > 0 ? of->centre_table.data : of->corner_table.data;
    int64_t in_row = row % SIDE;
    for (int64_t end = col + n; col < end;) {
        int64_t which = col / SIDE - of->first;
        int64_t in_col = col % SIDE, count = SIDE - in_col < end - col ? SIDE - in_col : end - col;
        if (tiles[which].split) {
            int64_t first = in_row * SIDE + in_col;
            size_t bytes = (size_t)count * sizeof *u;
            memcpy(u, tables[which].x + first, bytes);
            memcpy(v, tables[which].y + first, bytes);
            weft_coordinates_to_pixels(lattice->spec, count, u, v);
        } else if (tiles[which].cut) {
            cut_span(lattice->spec, &tiles[which], offset, in_col, in_row, count, u, v);
        } else {
            interpolated_span(&tiles[which], offset, in_col, in_row, count, lattice->spec->wrap_cols, u, v);
        }
        col += count;
        u += count;
        v += count;
    }
}

void weft_lattice_centres(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0.5, col, row, n, u, v);
}

void weft_lattice_corners(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0, col, row, n, u, v);
}

bool weft_lattice_is_separable(const weft_lattice_spec *spec) {
    return spec->affine && spec->a[2] == 0 && spec->a[4] == 0;
}

void weft_lattice_axes(const weft_lattice_spec *spec, double offset, int64_t col, int64_t row, int64_t cols,
                       int64_t rows, double *u, double *v) {
    const double *a = spec->a;
    for (int64_t i = 0; i < cols; i++)
        u[i] = a[0] + a[1] * ((double)(col + i) + offset);
    for (int64_t i = 0; i < cols && spec->wrap_cols > 0; i++)
        u[i] = weft_wrap(u[i], spec->wrap_cols);
    for (int64_t i = 0; i < rows; i++)
        v[i] = a[3] + a[5] * ((double)(row + i) + offset);
}
