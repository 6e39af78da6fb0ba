/* Between the files of this folder only: which files a run writes, how large they may become, and what writing them
 * takes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_OUTPUTS_H
#define WEFT_PIPELINE_PLAN_OUTPUTS_H

#include "pipeline/plan.h"

/* Sets in `needs` what the formats that will be written ask for: text, encoders, what ends them. needs: cols, rows,
 * columns and threads are set. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (more bands than a format can have). */
weft_status weft_plan_outputs_need(const weft_plan *plan, weft_memory_needs *needs, weft_error *err);

/* Of the plan's encoder_bytes, what each format may take that takes what it can get: its least, and half of what is
 * left or all of it. */
typedef struct weft_output_shares {
    int64_t gzip_bytes, parquet_bytes;
    int64_t filled_bytes; /* what all formats that are not text will touch of encoder_bytes */
} weft_output_shares;

/* Call it when the memory plan is made. Errors: those of weft_plan_outputs_need(). */
weft_status weft_plan_outputs_share(const weft_plan *plan, weft_output_shares *out, weft_error *err);

/* Fills plan->outputs, in the order of weft_format. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (more columns
 * than a format can hold). */
weft_status weft_plan_outputs_name(weft_plan *plan, weft_error *err);

#endif
