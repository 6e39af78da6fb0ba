/* Where a run's chunks come from: merged cells of the grid, or rows of a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_CHUNKS_H
#define WEFT_PIPELINE_RUN_CHUNKS_H

#include "pipeline/run/run_parts.h"
#include "stages/merge_stage.h"
#include "stages/rows/row_stage.h"

/* Zero-initialised is empty. */
typedef struct weft_run_chunks {
    weft_merge_stage *merge;
    weft_row_filler filler; /* of rows; free NULL: none */
    weft_row_stage *rows;
} weft_run_chunks;

/* Makes what computes the table's rows from first_row to before end_row. Errors: WEFT_ERR_MEMORY, the filler's. */
weft_status weft_run_chunks_open(weft_run_chunks *chunks, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                                 weft_error *err);
/* Waits for what is under way. Empty is fine. */
void weft_run_chunks_close(weft_run_chunks *chunks);

weft_chunk_source weft_run_chunks_source(const weft_run_chunks *chunks);
int64_t weft_run_chunks_count(const weft_run_chunks *chunks);
/* Of the grid, that were resampled. */
int64_t weft_run_chunks_windows(const weft_run_chunks *chunks);

#endif
