/* Source positions of a row of cells, from a lattice that weft_lattice_prepare() has prepared, or along the axes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_POSITIONS_H
#define WEFT_PROCESSORS_LATTICE_POSITIONS_H

#include "processors/lattice/lattice_types.h"

/* Positions of cell centres, of columns col .. col + n - 1 of one grid row.
 *
 * u, v  n doubles each, in source pixels; NaN where undefined. Where the source wraps, u is in [0, wrap_cols) */
void weft_lattice_centres(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v);

/* Positions of cell corners: the upper left ones of columns col .. col + n - 1 of one grid row.
 *
 * u, v  n doubles each, in source pixels; NaN where undefined. Where the source wraps, u is in [0, wrap_cols), and
 *       whoever builds a footprint unwraps it. A corner on a border of two lattice cells comes from the one to its right
 *       and below. Where the map has an edge, corners off the map lie on that edge, and are NaN from two cells on */
void weft_lattice_corners(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v);

/* Whether u depends on the column alone and v on the row alone: one CRS, and no rotation. */
bool weft_lattice_is_separable(const weft_lattice_spec *spec);

/* Positions along both axes of a separable lattice: the same values as weft_lattice_centres() and
 * weft_lattice_corners() give.
 *
 * offset  cells from a cell's upper left corner: 0.5 for centres, 0 for corners
 * u       cols doubles, of columns col .. col + cols - 1
 * v       rows doubles, of rows row .. row + rows - 1 */
void weft_lattice_axes(const weft_lattice_spec *spec, double offset, int64_t col, int64_t row, int64_t cols,
                       int64_t rows, double *u, double *v);

#endif
