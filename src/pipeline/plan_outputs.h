/* Between the files of this folder only: which files a run writes, how large they may become, and what writing them
 * takes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_OUTPUTS_H
#define WEFT_PIPELINE_PLAN_OUTPUTS_H

#include "pipeline/plan.h"

/* Adds to `needs` what the formats that will be written ask for: text, encoders. needs: cols, rows and threads are set.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_outputs_need(const weft_plan *plan, weft_memory_needs *needs, weft_error *err);

/* Of the plan's encoder_bytes, what csv.gz may take, with `threads` workers. Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_outputs_gzip_bytes(const weft_plan *plan, int threads, int64_t *out, weft_error *err);

/* Fills plan->outputs, in the order of weft_format. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (more columns
 * than a format can hold). */
weft_status weft_plan_outputs_name(weft_plan *plan, weft_error *err);

#endif
