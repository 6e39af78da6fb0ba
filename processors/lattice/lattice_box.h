/* The rectangle that holds the places of a window's cells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_BOX_H
#define WEFT_PROCESSORS_LATTICE_BOX_H

#include "processors/lattice/lattice_types.h"

/* A rectangle of places, as bounds; west over a turn below or above where x is a longitude. */
typedef struct weft_lattice_box {
    double xmin, ymin, xmax, ymax;
} weft_lattice_box;

/* The places of all cells of `window`, as for weft_lattice_prepare(), of which it keeps the net. `straight`: the net
 * maps the grid affinely, and needs no lattice. *any is false where no cell has a place. Errors: those of
 * weft_lattice_prepare(). */
weft_status weft_lattice_find_box(weft_lattice *lattice, const weft_lattice_net *net, bool straight, weft_window window,
                                  bool corners, weft_lattice_box *out, bool *any, weft_error *err);

#endif
