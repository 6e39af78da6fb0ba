/* Between the files of this folder only: the rows of tiles that a window needs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TILE_ROWS_H
#define WEFT_PROCESSORS_TILE_ROWS_H

#include "processors/lattice/lattice_tiles.h"

/* Makes lattice->rows hold the places of all cells of `window`, and of its cells' corners if wanted. The window lies in
 * one lattice row. Rows that are there already stay. Errors: WEFT_ERR_MEMORY (the ledger refused), the projection's. */
weft_status weft_tile_rows_prepare(weft_lattice *lattice, const weft_lattice_net *net, weft_window window, bool corners,
                                   weft_error *err);

#endif
