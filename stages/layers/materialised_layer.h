/* A layer computed whole, before anyone asks: in memory if the ledger grants it, else in a scratch file.
 *
 * The scratch file is read and written by position, not mapped: mapped pages count as resident.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_MATERIALISED_LAYER_H
#define WEFT_STAGES_MATERIALISED_LAYER_H

#include "stages/layers/layer.h"

/* An empty store of `cols` x `rows` cells of `type`, to be filled window by window.
 *
 * context        whose ledger is asked; its working_bytes stay free
 * scratch_path   made only when the ledger refuses, and removed from the folder at once: it goes with the process.
 *                *in_memory says which it was
 * errors         WEFT_ERR_IO (scratch), WEFT_ERR_MEMORY */
weft_status weft_materialised_layer_new(weft_layer **out, const char *column, weft_data_type type, int dataset,
                                        int64_t cols, int64_t rows, weft_context *context, const char *scratch_path,
                                        bool *in_memory, weft_error *err);

/* Resamples `window` of `from` into the store. Any worker; windows of different calls do not overlap. */
weft_status weft_materialised_layer_fill(weft_layer *layer, weft_layer *from, weft_worker *worker, weft_window window,
                                         weft_error *err);

#endif
