/* A plan for people and for scripts.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_REPORT_H
#define WEFT_PIPELINE_PLAN_REPORT_H

#include "core/text.h"
#include "pipeline/plan/plan.h"

/* Adds the plan as lines to read. */
weft_status weft_plan_describe(const weft_plan *plan, weft_text *out, weft_error *err);

/* Adds the plan as one JSON object, the interface for scripts (weft plan --json). Numbers have all their digits. */
weft_status weft_plan_json(const weft_plan *plan, weft_text *out, weft_error *err);

#endif
