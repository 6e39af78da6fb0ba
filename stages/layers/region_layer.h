/* A layer that has values in a region of the grid alone: where none of a window is in it, the layer beneath is not
 * asked, and no block is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_REGION_LAYER_H
#define WEFT_STAGES_REGION_LAYER_H

#include "processors/polygon/region.h"
#include "stages/layers/layer.h"

/* Takes `inner` over, also on failure; `region` outlives the layer. Errors: WEFT_ERR_MEMORY. */
weft_status weft_region_layer_new(weft_layer **out, weft_layer *inner, const weft_region *region, weft_error *err);

/* What a worker needs for windows of at most `cols` x `rows` cells. */
int64_t weft_region_layer_bytes(const weft_region *region, int64_t cols, int64_t rows);

#endif
