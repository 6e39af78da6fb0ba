/* Between the files of this folder only: the rows of tiles that a window needs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TILE_ROWS_H
#define WEFT_PROCESSORS_TILE_ROWS_H

#include "processors/lattice/lattice_tiles.h"

/* Makes lattice->rows hold the CRS coordinates of all cells of `window`, and with `corners` those of its cells' corners.
 * The window lies in one lattice row. Rows that are there already stay.
 *
 * errors  WEFT_ERR_MEMORY (the ledger refused), and those of net->project */
weft_status weft_tile_rows_prepare(weft_lattice *lattice, const weft_lattice_net *net, weft_window window, bool corners,
                                   weft_error *err);

#endif
