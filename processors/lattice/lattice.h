/* Source positions of grid cells, interpolated between the points of a fixed net that are transformed exactly.
 *
 * The net is anchored at the grid's origin: lattice cells of 32 x 32 grid cells, whose corners are transformed exactly.
 * A lattice cell is accepted where bilinear interpolation is within the tolerance of the exact position at its centre
 * and at the middle of each side. Otherwise it splits in four, and so on down to single cells, which are exact. A cell's
 * position depends on its column and row alone, never on the window that asks. Sources of one CRS share the net; each
 * turns the net's CRS coordinates into pixels of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_H
#define WEFT_PROCESSORS_LATTICE_H

#include "core/memory/ledger.h"
#include "processors/lattice/lattice_types.h"

/* ledger    borrowed; outlives the lattice */
weft_status weft_lattice_new(weft_lattice **out, weft_ledger *ledger, weft_error *err);
void weft_lattice_free(weft_lattice *lattice);

/* Gives the memory back; prepared positions are lost. */
void weft_lattice_release(weft_lattice *lattice);

/* The most that a lattice reserves for windows of one lattice row: fixed_bytes + column_bytes * columns of the window.
 *
 * corners  cell corners are prepared too
 * split    lattice cells split (with tolerance 0 all do); false: none does */
typedef struct weft_lattice_cost {
    int64_t fixed_bytes, column_bytes;
} weft_lattice_cost;
weft_lattice_cost weft_lattice_cost_of(const weft_lattice_spec *spec, bool corners, bool split);

/* How many rows of `window`, from its first, lie in one lattice row: the most that one weft_lattice_prepare() takes. */
int64_t weft_lattice_band_rows(weft_window window);

/* Prepares positions, which lattice_positions.h reads. Does nothing where they are prepared already.
 *
 * window   in grid cells; within one lattice row
 * corners  also all corners of its cells, those at column window.col + window.cols and row window.row + window.rows too
 * thread   the lattice's worker
 * errors   WEFT_ERR_MEMORY (the ledger refused), and those of net->project */
weft_status weft_lattice_prepare(weft_lattice *lattice, const weft_lattice_spec *spec, weft_window window, bool corners,
                                 weft_error *err);

/* Whether a lattice cell has split since the memory was last given back. */
bool weft_lattice_has_split(const weft_lattice *lattice);

/* How many points have been transformed exactly since the lattice was made. */
int64_t weft_lattice_projected(const weft_lattice *lattice);

#endif
