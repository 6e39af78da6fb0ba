/* The bounding box, in the net's CRS, of a window's cells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_LATTICE_BOX_H
#define WEFT_PROCESSORS_LATTICE_BOX_H

#include "processors/lattice/lattice_types.h"

/* Bounds in CRS coordinates. Where x is a longitude, xmin and xmax may lie outside -180 to 180. */
typedef struct weft_lattice_box {
    double xmin, ymin, xmax, ymax;
} weft_lattice_box;

/* The bounding box of all cells of `window`, which must lie in one lattice row. Prepares that part of the net.
 *
 * straight  the net maps the grid affinely, and needs no lattice
 * corners   the box holds whole cells; false: their centres
 * any       set to false where no cell has coordinates; *out is then undefined
 * errors    those of weft_lattice_prepare() */
weft_status weft_lattice_find_box(weft_lattice *lattice, const weft_lattice_net *net, bool straight, weft_window window,
                                  bool corners, weft_lattice_box *out, bool *any, weft_error *err);

#endif
