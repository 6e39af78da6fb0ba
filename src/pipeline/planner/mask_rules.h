/* Between the files of this folder only: which pixels of a mask say that a dataset's do not count, and which file is
 * whose mask.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MASK_RULES_H
#define WEFT_PIPELINE_MASK_RULES_H

#include "pipeline/plan/plan.h"

/* The rule of a dataset of the configuration that has a mask; made when it is first asked for, freed with the plan.
 * Errors: WEFT_ERR_DATA (an expression of another name than "value"), WEFT_ERR_MEMORY. */
weft_status weft_plan_mask_rule(weft_plan *plan, const weft_config_dataset *config, const weft_mask_rule **out,
                                weft_error *err);

/* When all datasets are open: says how many files have a mask, and warns of those that have none, or one that reaches
 * less far. Errors: WEFT_ERR_NO_INPUT (no file of a dataset has one). */
weft_status weft_plan_masks_report(weft_plan *plan, weft_error *err);

#endif
