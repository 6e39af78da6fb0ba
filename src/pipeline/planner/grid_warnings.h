/* What is odd about a grid though it may be meant.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GRID_WARNINGS_H
#define WEFT_PIPELINE_GRID_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Warns of degrees that are taken for metres, of a grid of a few cells, and of a grid that was taken from a raster but
 * lies between its pixels. The plan has its datasets and its grid. Errors: WEFT_ERR_MEMORY. */
weft_status weft_grid_warn(weft_plan *plan, weft_error *err);

#endif
