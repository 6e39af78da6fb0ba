/* Which grid a configuration asks for, given the sources it names.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GRID_PLAN_H
#define WEFT_PIPELINE_GRID_PLAN_H

#include "config/config.h"
#include "pipeline/plan/plan.h"

/* Makes the grid from bounds, an extent of sources, or the raster it shall be like.
 *
 * datasets  of the configuration, with their inputs; none for a skipped one
 * out       disposed by the caller with weft_grid_dispose()
 * errors    WEFT_ERR_DATA with FILE:LINE:COL of the grid; those of opening the raster that `like` names */
weft_status weft_grid_plan(weft_grid *out, const weft_plan *plan, weft_error *err);

#endif
