/* Source positions of a row of cells, from a lattice that weft_lattice_prepare() has prepared, or along the axes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_POSITIONS_H
#define WEFT_PROCESSORS_LATTICE_POSITIONS_H

#include "processors/lattice/lattice_types.h"

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

#endif
