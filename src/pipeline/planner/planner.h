/* Makes the plan of a run.
 *
 * Every source is opened, and no pixel is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLANNER_H
#define WEFT_PIPELINE_PLANNER_H

#include "pipeline/plan/plan.h"

/* Makes the plan.
 *
 * config   outlives the plan
 * cache    for sources that will be read; NULL for a plan that is only looked at. Outlives the plan
 * threads  that are to run; memory.threads of them will, where the limit does not carry all
 * cancel   looked at after each file, and by what reads the plan's sources; may be NULL. Outlives the plan
 * errors   WEFT_ERR_DATA (grid or dataset, named with FILE:LINE:COL), WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION,
 *          WEFT_ERR_MEMORY (the limit is too small: says the smallest that would do) */
weft_status weft_plan_new(weft_plan **out, const weft_config *config, weft_block_cache *cache, int threads,
                          const weft_cancel *cancel, weft_error *err);

#endif
