/* A layer put together from several: each resamples those files of a mosaic that share a pixel lattice, and cells are
 * joined by the mosaic's rule.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_MOSAIC_LAYER_H
#define WEFT_STAGES_MOSAIC_LAYER_H

#include "core/overlap.h"
#include "processors/lattice/lattice_types.h"
#include "raster/mosaic/coverage.h"
#include "stages/layers/layer.h"

/* A worker reads such a layer in pieces of at most this many cells. */
#define WEFT_MOSAIC_LAYER_COLS  128
#define WEFT_MOSAIC_LAYER_ROWS  32
#define WEFT_MOSAIC_LAYER_CELLS (WEFT_MOSAIC_LAYER_COLS * WEFT_MOSAIC_LAYER_ROWS)
/* Of each cell: a part's value, that value in the layer's type, a sum (8 bytes each), a count (4), a mask (1). */
#define WEFT_MOSAIC_LAYER_BYTES (WEFT_MOSAIC_LAYER_CELLS * (3 * 8 + 4 + 1))

/* Bytes that a worker reserves for a piece, under WEFT_TAG_PATCH. A median needs the values of all `parts` of a cell.
 */
static inline int64_t weft_mosaic_layer_bytes(weft_overlap rule, int64_t parts) {
    return WEFT_MOSAIC_LAYER_BYTES + (rule == WEFT_OVERLAP_MED ? parts * WEFT_MOSAIC_LAYER_CELLS * 8 : 0);
}

/* The parts of one CRS: where their cells lie, and which of them lie there. All layers of a dataset share it. */
typedef struct weft_mosaic_net {
    weft_lattice_net lattice;
    bool straight; /* the parts have the grid's CRS */
    weft_coverage *coverage;
} weft_mosaic_net;

typedef struct weft_mosaic_layer_options {
    const char *column; /* borrowed */
    int dataset;
    weft_data_type type; /* holds the values of every part; a float with WEFT_OVERLAP_MEAN */
    weft_overlap rule;
    bool corners;                /* cells need those of their corners too: weft_method_needs_corners() */
    const weft_mosaic_net *nets; /* net_count of them, borrowed; sources in their coverages are numbers of parts */
    int net_count;
} weft_mosaic_layer_options;

/* A layer without parts, with room for `capacity` of them. Errors: WEFT_ERR_MEMORY. */
weft_status weft_mosaic_layer_new(weft_layer **out, const weft_mosaic_layer_options *options, int capacity,
                                  weft_error *err);

/* Takes `part` over, as number `number` in the order of the rule. It is asked for no window that its net's coverage
 * leaves out. */
void weft_mosaic_layer_set(weft_layer *layer, int number, weft_layer *part);

#endif
