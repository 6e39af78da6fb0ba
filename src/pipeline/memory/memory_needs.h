/* What the shares of the memory limit depend on, gathered from the plan's grid, inputs and layers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_NEEDS_H
#define WEFT_PIPELINE_MEMORY_NEEDS_H

#include "pipeline/memory/memory_plan.h"
#include "pipeline/plan/plan.h"

/* All but threads, what outputs need (plan_outputs.h), and what is resident, which are left 0. Reads no pixel; projects
 * a few points a source. Errors: the projectors'. */
weft_status weft_memory_needs_gather(weft_memory_needs *needs, const weft_plan *plan, weft_error *err);

#endif
