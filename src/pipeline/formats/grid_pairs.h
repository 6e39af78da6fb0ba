/* Between the files of this folder only: what a table's own metadata says of its grid.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GRID_PAIRS_H
#define WEFT_PIPELINE_GRID_PAIRS_H

#include "core/memory/keep.h"
#include "core/pair.h"
#include "pipeline/plan/plan.h"

#define WEFT_GRID_PAIRS 5

/* Key and value: weft.version, weft.crs (WKT), weft.grid (JSON), weft.rows, and
 * weft.columns (JSON: a list of name, and unit, date, variable, method, expression as far as they are there). `keep`
 * and the plan hold the texts. Errors: WEFT_ERR_MEMORY. */
weft_status weft_grid_pairs_make(weft_pair out[WEFT_GRID_PAIRS], const weft_plan *plan, weft_keep *keep,
                                 weft_error *err);

#endif
