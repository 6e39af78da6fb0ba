/* How datasets of other CRSs come onto the grid: PROJ's operation and its accuracy.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_TRANSFORMS_H
#define WEFT_PIPELINE_PLAN_TRANSFORMS_H

#include "pipeline/plan/plan.h"

#include <jansson.h>

/* Finds the operation of each dataset that has another CRS than the grid, of each of its CRSs, and warns where a better
 * one lacks its grids and the difference matters for the grid's cells. Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_transforms_find(weft_plan *plan, weft_error *err);

/* A list of objects: dataset, from, operation, accuracy_m (null: not known); with missing_grids, better_operation and
 * better_accuracy_m where there are. */
json_t *weft_plan_transforms_json(const weft_plan *plan);
/* A line each. */
void weft_plan_transforms_describe(const weft_plan *plan, weft_text *out);

#endif
