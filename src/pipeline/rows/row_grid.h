/* The grid where rows are a file's features: it covers them, and says in which CRS, and how large, the cell around each
 * is. Nothing is put on its cells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ROW_GRID_H
#define WEFT_PIPELINE_ROW_GRID_H

#include "pipeline/plan/plan.h"

/* Makes plan->grid of plan->rows.file, and the way from the file's CRS to the grid's. Errors: WEFT_ERR_DATA (no feature
 * has a place in the grid's CRS, more cells than can be counted), with the place in the configuration;
 * WEFT_ERR_MEMORY. */
weft_status weft_row_grid_plan(weft_plan *plan, weft_error *err);

/* Makes the columns of the file: coordinates, then fields. Errors: WEFT_ERR_MEMORY. */
weft_status weft_row_columns_plan(weft_plan *plan, weft_error *err);

#endif
