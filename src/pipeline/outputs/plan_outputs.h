/* Between the files of this folder only: which files a run writes, how large they may become, and what writing them
 * takes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_OUTPUTS_H
#define WEFT_PIPELINE_PLAN_OUTPUTS_H

#include "core/memory/reserve.h"
#include "pipeline/plan/plan.h"
#include "stages/layouts/long_writer.h"

/* Fills plan->outputs, in the order of the formats' registry, of the rows plan->first_row to before plan->end_row; a
 * shard's pieces end with whole units, so that its rows become a few more. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (a
 * format cannot hold the table). */
weft_status weft_plan_outputs_choose(weft_plan *plan, weft_error *err);

/* Adds what the formats warn of to the plan. Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_outputs_warn(weft_plan *plan, weft_error *err);

/* Whether one of them writes cells as text. */
bool weft_plan_outputs_text(const weft_plan *plan);

/* What all outputs ask for, and the columns' statistics.
 *
 * each           plan->output_count of them, what each output asks for; or NULL
 * library_bytes  pages of libraries that were dropped, of which some formats need more than others
 * errors         WEFT_ERR_MEMORY */
weft_status weft_plan_outputs_reserve(weft_reserve *all, weft_reserve *each, const weft_plan *plan, int threads,
                                      int64_t library_bytes, weft_error *err);

/* Whether it has a row a date. */
bool weft_plan_output_is_long(const weft_plan *plan, int output);

/* The plan's table as what makes long rows of chunks takes it; the plan holds it. And what that takes of an output's
 * share; 0: it is not needed. */
weft_long_table weft_plan_outputs_long(const weft_plan *plan);
int64_t weft_plan_output_long_bytes(const weft_plan *plan, int output);

/* Shares the plan's encoder_bytes out: each output has its least, and of what is left as large a part as it is of what
 * all would like besides.
 *
 * out     plan->output_count of them
 * errors  those of weft_plan_outputs_reserve() */
weft_status weft_plan_outputs_share(const weft_plan *plan, int64_t *out, weft_error *err);

#endif
