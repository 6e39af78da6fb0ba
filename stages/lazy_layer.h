/* A layer that resamples the window it is asked for, when it is asked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_LAZY_LAYER_H
#define WEFT_STAGES_LAZY_LAYER_H

#include "processors/lattice.h"
#include "processors/resampler.h"
#include "raster/source.h"
#include "stages/layer.h"

/* source, lattice   borrowed; outlive the layer
 * band              of the source, from 1 */
weft_status weft_lazy_layer_new(weft_layer **out, const char *column, int dataset, weft_source *source, int band,
                                const weft_lattice_spec *lattice, const weft_resampler *resampler, weft_error *err);

#endif
