/* Reads what the rows section names: polygons onto the grid, and their fields.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ROW_PLAN_H
#define WEFT_PIPELINE_ROW_PLAN_H

#include "pipeline/plan/plan.h"

/* Fills plan->rows, and adds the dataset of its columns. The grid is known.
 * Errors: those of weft_vector_file_open() and of reading; WEFT_ERR_DATA: no feature, no polygon on the grid,
 * WEFT_ERR_MEMORY: more than a quarter of the memory limit. */
weft_status weft_row_plan_make(weft_plan *plan, weft_error *err);

/* Adds what plan says of the rows. */
void weft_row_plan_describe(const weft_plan *plan, weft_text *out);

#endif
