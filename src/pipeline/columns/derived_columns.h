/* Between the planner's files only: derived columns, the row filter, and which columns are written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_DERIVED_COLUMNS_H
#define WEFT_PIPELINE_DERIVED_COLUMNS_H

#include "pipeline/plan/plan.h"

/* Fills plan->columns and plan->program, and puts layers that nobody needs last. The layers are there. Errors:
 * WEFT_ERR_DATA (an expression of an unknown column, a name that is there twice), with the place. */
weft_status weft_plan_derive_columns(weft_plan *plan, weft_error *err);

#endif
