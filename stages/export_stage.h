/* Drains chunks, in order, into the output: workers format slices of a chunk, one thread writes them in order.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_EXPORT_STAGE_H
#define WEFT_STAGES_EXPORT_STAGE_H

#include "core/output_file.h"
#include "processors/row_formatter.h"
#include "stages/merge_stage.h"

typedef struct weft_export_options {
    weft_context *context;
    weft_merge_stage *merge;       /* borrowed */
    const weft_row_format *format; /* borrowed */
    const weft_data_type *types;   /* of the columns */
    const char *const *names;      /* of the columns */
    weft_output_file *output;      /* borrowed; committed by the caller */
    int64_t slice_bytes;           /* text that a worker formats at once */
    int64_t cols, rows;            /* the grid's, for progress */
} weft_export_options;

typedef struct weft_export_result {
    int64_t lines; /* without the header */
    int64_t bytes, chunks;
} weft_export_result;

/* Writes the header and every chunk. One thread, not a worker. Errors: the merge stage's, WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err);

#endif
