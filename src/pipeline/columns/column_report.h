/* The columns of a plan for people: which there are, and where each comes from.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_COLUMN_REPORT_H
#define WEFT_PIPELINE_COLUMN_REPORT_H

#include "core/text.h"
#include "pipeline/plan/plan.h"

/* Adds a line a column: those that are written, in order, then operands, then what nobody uses. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_plan_list_columns(const weft_plan *plan, weft_text *out, weft_error *err);

/* Adds the lines of derived columns, of the row filter and of what is written, as far as there is something to say. */
void weft_plan_describe_derived(const weft_plan *plan, weft_text *out);

#endif
