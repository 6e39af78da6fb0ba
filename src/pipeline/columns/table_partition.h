/* Between the planner's files only: which of the table's columns are folders, and which are in their files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_TABLE_PARTITION_H
#define WEFT_PIPELINE_TABLE_PARTITION_H

#include "pipeline/plan/plan.h"

/* Fills plan->partition, once plan->table is known. Errors: WEFT_ERR_DATA (there is no such column, or one whose values
 * cannot be folders), WEFT_ERR_MEMORY. */
weft_status weft_table_partition_make(weft_plan *plan, weft_error *err);

#endif
