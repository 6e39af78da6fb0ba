/* Between the planner's files only: the table that table formats make of the columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_TABLE_LAYOUT_H
#define WEFT_PIPELINE_TABLE_LAYOUT_H

#include "pipeline/plan/plan.h"

/* Fills plan->table, once plan->columns are known. Errors: WEFT_ERR_DATA (long layout, and no column has a date, or one
 * has a name that is taken), WEFT_ERR_MEMORY. */
weft_status weft_table_layout_make(weft_plan *plan, weft_error *err);

#endif
