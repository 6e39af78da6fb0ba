/* What is odd about a plan though it may be meant.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_WARNINGS_H
#define WEFT_PIPELINE_PLAN_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Passes on what GDAL warned of when files were opened, once a file; of a mosaic once a text, with the number of files.
 * Warns, once a dataset and kind, of a CRS that is assumed, of a nodata value that no pixel can hold, of a pair of
 * nodata values that leaves next to nothing, and of a scale that looks like a divisor. The plan has its datasets.
 * Errors, here and below: WEFT_ERR_MEMORY. */
weft_status weft_plan_warn_of_sources(weft_plan *plan, weft_error *err);

/* Warns of degrees that are taken for metres, of a grid of a few cells, and of a grid that was taken from a raster but
 * lies between its pixels. The plan has its datasets and its grid. */
weft_status weft_plan_warn_of_grid(weft_plan *plan, weft_error *err);

/* Warns, once a dataset, of columns whose files say that their values are classes, while the method or the mosaic's
 * rule calculates with them. The plan has its layers. */
weft_status weft_plan_warn_of_classes(weft_plan *plan, weft_error *err);

/* Warns, once a dataset, of sums, counts and shares of mosaics whose files are not one raster: they miss pixels where cells
 * lie over two of these. The plan has its layers. */
weft_status weft_plan_warn_of_seams(weft_plan *plan, weft_error *err);

/* Warns, once a dataset, of sums, counts and shares over a projected map of the world that ends within a grid of
 * longitudes: cells across its end have no footprint. The plan has its layers. */
weft_status weft_plan_warn_of_cuts(weft_plan *plan, weft_error *err);

#endif
