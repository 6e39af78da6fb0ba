/* Chunks of rows that come from a file: read in batches, a batch ahead, and filled by all workers.
 *
 * A batch is as many rows as memory carries. Values do not depend on where it begins or ends.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ROW_STAGE_H
#define WEFT_STAGES_ROW_STAGE_H

#include "stages/chunk_columns.h"
#include "stages/context/adaptive_size.h"
#include "stages/layers/layer.h"
#include "stages/rows/row_filler.h"

typedef struct weft_row_stage weft_row_stage;

typedef struct weft_row_stage_options {
    weft_context *context;
    weft_layer *const *layers; /* in column order; borrowed */
    int layer_count;
    int64_t rows, first_row;        /* of the table; where to begin */
    int64_t slot_bytes;             /* a batch takes no more, where a row alone does not */
    weft_chunk_columns *columns;    /* what is computed of the layers; borrowed. NULL: the layers are the columns */
    weft_adaptive_size *chunk_size; /* rows; borrowed */
    const weft_row_filler *filler;  /* borrowed */
} weft_row_stage_options;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_row_stage_new(weft_row_stage **out, const weft_row_stage_options *options, weft_error *err);
/* Waits for what is under way. NULL is fine. */
void weft_row_stage_free(weft_row_stage *stage);

weft_chunk_source weft_row_stage_source(weft_row_stage *stage);

/* How many chunks were begun. */
int64_t weft_row_stage_chunks(const weft_row_stage *stage);

#endif
