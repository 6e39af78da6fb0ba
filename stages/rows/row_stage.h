/* Chunks of rows that come from a file: read in batches, a batch ahead, and filled by all workers.
 *
 * A batch is as many rows as memory carries. Values do not depend on where it begins or ends.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ROW_STAGE_H
#define WEFT_STAGES_ROW_STAGE_H

#include "raster/vector/vector_fields.h"
#include "stages/chunk_stage.h"
#include "stages/rows/row_filler.h"

/* All is borrowed, but for the filler. */
typedef struct weft_row_options {
    weft_chunk_options chunks;
    weft_vector_options file; /* opened anew */
    const weft_vector_fields *fields;
    int first_column; /* which layer is the first of the file's: the filler's numbers, then the fields */
    weft_row_filler filler;
} weft_row_options;

/* The filler is the stage's from here on, also after a failure. Errors: those of weft_vector_file_open(). */
weft_status weft_row_stage_new(weft_chunk_stage **out, const weft_row_options *options, weft_error *err);

#endif
