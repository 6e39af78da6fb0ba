/* Between the files of this folder only: which files a run writes, how large they may become, and what writing them
 * takes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_OUTPUTS_H
#define WEFT_PIPELINE_PLAN_OUTPUTS_H

#include "core/memory/reserve.h"
#include "pipeline/plan/plan.h"

/* What the formats that will be written ask for. */
typedef struct weft_output_reserves {
    int64_t line_bytes;         /* of text that a cell can take; 0: no text is written by itself */
    weft_reserve gzip, parquet; /* that take what they can get */
    weft_reserve all;           /* of all formats but text: what gathers, encodes and ends them */
} weft_output_reserves;

/* library_bytes: pages of libraries that were dropped, of which some formats need more than others. Errors:
 * WEFT_ERR_MEMORY, WEFT_ERR_DATA (more bands than a format can have). */
weft_status weft_plan_outputs_reserve(weft_output_reserves *out, const weft_plan *plan, int threads,
                                      int64_t library_bytes, weft_error *err);

/* Of the plan's encoder_bytes, what each format may take that takes what it can get: its least, and half of what is
 * left or all of it. */
typedef struct weft_output_shares {
    int64_t gzip_bytes, parquet_bytes;
} weft_output_shares;

/* Call it when the memory plan is made. Errors: those of weft_plan_outputs_reserve(). */
weft_status weft_plan_outputs_share(const weft_plan *plan, weft_output_shares *out, weft_error *err);

/* Fills plan->outputs, in the order of weft_format. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (more columns
 * than a format can hold). */
weft_status weft_plan_outputs_name(weft_plan *plan, weft_error *err);

#endif
