/* A layer that resamples the window it is asked for, when it is asked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_LAZY_LAYER_H
#define WEFT_STAGES_LAZY_LAYER_H

#include "processors/lattice/lattice.h"
#include "processors/resampler.h"
#include "raster/mosaic/coverage.h"
#include "raster/source/projector.h"
#include "stages/layers/layer.h"

/* source, lattice   borrowed; outlive the layer
 * band              of the source, from 1 */
weft_status weft_lazy_layer_new(weft_layer **out, const char *column, int dataset, weft_source *source, int band,
                                const weft_lattice_spec *lattice, const weft_resampler *resampler, weft_error *err);

/* Lets it be read at a worker's places (places.h). projector: of its source; borrowed. */
void weft_lazy_layer_take_places(weft_layer *layer, const weft_projector *projector);

/* Tells it where no cell of the grid has a value, so that it looks for none there. NULL, as at first: it looks everywhere.
 * coverage: of its source; borrowed. */
void weft_lazy_layer_take_coverage(weft_layer *layer, const weft_coverage *coverage);

/* What a worker reserves at most for the positions of a band of `rows`, which lie in one lattice row; `split` as for
 * weft_lattice_cost_of(). */
weft_lattice_cost weft_lazy_layer_band_cost(const weft_lattice_spec *lattice, const weft_method *method, int64_t rows,
                                            bool split);

#endif
