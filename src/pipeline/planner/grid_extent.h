/* The bounds that grid.extent asks for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GRID_EXTENT_H
#define WEFT_PIPELINE_GRID_EXTENT_H

#include "pipeline/plan/plan.h"

/* Bounds in `crs` of a dataset, or of all together (union, intersection). In a geographic CRS a union is the narrowest
 * range of longitudes that holds all, and may reach beyond 180.
 *
 * datasets    opened; those that are skipped do not count
 * resolution  the grid's: bounds are found to a thousandth of a cell
 * errors      WEFT_ERR_DATA (no dataset is left, nothing in common, a file that has no place in the CRS),
 *             WEFT_ERR_MEMORY */
weft_status weft_grid_extent(weft_bounds *out, const weft_plan *plan, const weft_crs *crs, const double resolution[2],
                             weft_error *err);

#endif
