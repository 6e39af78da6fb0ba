/* Between the files of this folder only: opens what a dataset is made of, and ties it to the grid.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_INPUTS_H
#define WEFT_PIPELINE_PLAN_INPUTS_H

#include "pipeline/plan/plan.h"

/* Fills the dataset's inputs with open sources, or `skipped`. Errors: those of weft_plan_new(). */
weft_status weft_plan_inputs_open(weft_plan *plan, weft_plan_dataset *dataset, weft_block_cache *cache,
                                  weft_error *err);

/* Once the grid is there: where positions in the inputs come from, their scales, and what lies off the grid, with a
 * warning. */
weft_status weft_plan_inputs_tie(weft_plan *plan, weft_plan_dataset *dataset, weft_error *err);

#endif
