/* Between the files of this folder only: whether a tile may be interpolated, and what becomes of one that may not.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TILE_SPLITTING_H
#define WEFT_PROCESSORS_TILE_SPLITTING_H

#include "processors/lattice/lattice_tiles.h"

/* What the least lattice reserves for splitting, in bytes: once, whatever the window. */
int64_t weft_tile_splitting_bytes(void);

/* Whether tile `which` of the row is interpolated, or else splits: then fills its part of the row's tables.
 *
 * exact_x, exact_y  the exact places of its centre and of the middles of its top, left, right and bottom side
 * errors            WEFT_ERR_MEMORY (the ledger refused), the projection's */
weft_status weft_tile_test(weft_lattice *lattice, weft_tile_row *row, int64_t which, const double exact_x[5],
                           const double exact_y[5], weft_error *err);

/* Reserves the row's tables, for all of its tiles at once: what they held is lost when they grow, so this comes before
 * the first is filled. Errors: WEFT_ERR_MEMORY. */
weft_status weft_tile_row_reserve_tables(weft_lattice *lattice, weft_tile_row *row, weft_error *err);

#endif
