/* Where a run's chunks come from: merged cells of the grid, or rows of a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_CHUNKS_H
#define WEFT_PIPELINE_RUN_CHUNKS_H

#include "pipeline/run/run_parts.h"
#include "stages/chunk_stage.h"

/* Makes what computes the table's rows from first_row to before end_row. Errors: WEFT_ERR_MEMORY, the filler's. */
weft_status weft_run_chunks_open(weft_chunk_stage **out, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                                 weft_error *err);

#endif
