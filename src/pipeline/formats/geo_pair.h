/* Between the files of this folder only: what GeoParquet 1.1 says of a table's geometry.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GEO_PAIR_H
#define WEFT_PIPELINE_GEO_PAIR_H

#include "core/memory/keep.h"
#include "core/pair.h"
#include "pipeline/plan/plan.h"

/* The key "geo" and its JSON, of rows that come from a file; and the names of the columns of the geometry and of its
 * bounds: "geometry" and "bbox", unless the table has such columns. `keep` holds the texts. Errors: WEFT_ERR_MEMORY. */
weft_status weft_geo_pair_make(weft_pair *out, const char **shape_name, const char **bounds_name, const weft_plan *plan,
                               weft_keep *keep, weft_error *err);

#endif
