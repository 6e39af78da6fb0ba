/* Between the files of this folder only: tests whether a tile may be interpolated, and splits one that may not.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TILE_SPLITTING_H
#define WEFT_PROCESSORS_TILE_SPLITTING_H

#include "processors/lattice/lattice_tiles.h"

/* Bytes of scratch for splitting: one buffer a lattice, of the same size for every window. */
int64_t weft_tile_splitting_bytes(void);

/* Tests tile `which` of the row; where interpolation is not good enough, splits it and fills its part of the tables.
 *
 * exact_x, exact_y  CRS coordinates, transformed exactly, of its centre and the middles of its top, left, right and
 *                   bottom side
 * errors            WEFT_ERR_MEMORY (the ledger refused), and those of the net's projection */
weft_status weft_tile_test(weft_lattice *lattice, weft_tile_row *row, int64_t which, const double exact_x[5],
                           const double exact_y[5], weft_error *err);

/* Reserves the row's tables for all of its tiles. Call it before the first is filled: a table that grows loses its
 * contents. Errors: WEFT_ERR_MEMORY. */
weft_status weft_tile_row_reserve_tables(weft_lattice *lattice, weft_tile_row *row, weft_error *err);

#endif
