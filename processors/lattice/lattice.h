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

#include "core/memory/ledger.h"
#include "processors/lattice/lattice_types.h"

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

/* Whether a lattice cell had to be split since the memory was last given back. */
bool weft_lattice_has_split(const weft_lattice *lattice);

/* How many points were projected exactly since the lattice was made. */
int64_t weft_lattice_projected(const weft_lattice *lattice);

#endif
