/* A layer that is computed whole, into memory, before anyone asks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_MATERIALISED_LAYER_H
#define WEFT_STAGES_MATERIALISED_LAYER_H

#include "stages/layers/layer.h"

/* An empty store of `cols` x `rows` cells for the values of `like`, to be filled window by window.
 *
 * like      the layer that it stands for: column, type and dataset are taken from it
 * context   whose ledger is asked; its working_bytes stay free. Outlives the layer
 * returns   NULL where memory does not hold it: `like` is then read as it is */
weft_layer *weft_materialised_layer_new(const weft_layer *like, int64_t cols, int64_t rows, weft_context *context);

/* Resamples `window` of `from` into the store. Any worker; windows of different calls do not overlap. Errors: those of
 * weft_layer_read(). */
weft_status weft_materialised_layer_fill(weft_layer *layer, weft_layer *from, weft_worker *worker, weft_window window,
                                         weft_error *err);

#endif
