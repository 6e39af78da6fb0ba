/* Drains chunks, in order, into the outputs: every format is written in the one pass over the merged chunks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_EXPORT_STAGE_H
#define WEFT_STAGES_EXPORT_STAGE_H

#include "stages/table_writer.h"

typedef struct weft_export_options {
    weft_context *context;
    weft_merge_stage *merge;           /* borrowed */
    weft_table_writer *const *writers; /* at least one; borrowed */
    int writer_count;
    int64_t rows; /* the grid's, for progress */
    /* Called after the last chunk, before the outputs are ended: whatever only chunks needed can be given back. NULL:
     * nothing is. */
    void (*chunks_done)(void *payload);
    void *payload;
} weft_export_options;

typedef struct weft_export_result {
    int64_t rows;          /* of the table */
    int64_t bytes, chunks; /* bytes: of all outputs */
} weft_export_result;

/* Gives every chunk to every writer and finishes them. One thread, not a worker. Errors: the merge stage's, the
 * writers'. */
weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err);

#endif
