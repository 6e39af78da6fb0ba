/* The merge stage: chunks of the grid's rows, full width, with the values of all layers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_MERGE_STAGE_H
#define WEFT_STAGES_MERGE_STAGE_H

#include "stages/chunk_stage.h"

/* The side, in cells, of the windows that a chunk of cols x rows cells is cut into: window_size, or less, so that every
 * worker has work where the chunk is large enough to share. */
int64_t weft_merge_window_side(int64_t cols, int64_t rows, int64_t window_size, int threads);

/* The most bytes that a chunk of whole rows takes; INT64_MAX / 4 where the product overflows. cell_bytes: of one cell in
 * all columns together. */
int64_t weft_merge_chunk_bytes(int64_t cols, int64_t rows, int64_t cell_bytes, int columns, int datasets,
                               int64_t window_size, int threads);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_merge_stage_new(weft_chunk_stage **out, const weft_chunk_options *options, weft_error *err);

#endif
