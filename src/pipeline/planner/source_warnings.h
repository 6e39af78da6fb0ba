/* What is odd about what files, or the configuration in their place, say of their pixels.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SOURCE_WARNINGS_H
#define WEFT_PIPELINE_SOURCE_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Passes on what GDAL warned of when files were opened, once a file; of a mosaic once a text, with the number of files.
 * Warns, once a dataset and kind, of a CRS that is assumed, of a nodata value that no pixel can hold, of a pair of
 * nodata values that leaves next to nothing, and of a scale that looks like a divisor. The plan has its datasets.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_source_warn(weft_plan *plan, weft_error *err);

#endif
