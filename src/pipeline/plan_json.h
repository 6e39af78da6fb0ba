/* Between the files of this folder only: parts of a plan as JSON, for what is printed of it and what is kept.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_JSON_H
#define WEFT_PIPELINE_PLAN_JSON_H

#include "pipeline/plan.h"

#include <jansson.h>

/* Each is the caller's; NULL when memory runs out. */

/* What a band declares as missing: a number, "nan", "inf", "-inf", "mask", "alpha" or null. info: NULL is null. */
json_t *weft_plan_json_nodata(const weft_band_info *info);
/* The dataset's files: absolute. */
json_t *weft_plan_json_paths(const weft_plan_dataset *dataset);
/* crs (WKT), bounds, resolution, cols, rows. */
json_t *weft_plan_json_grid(const weft_grid *grid);

#endif
