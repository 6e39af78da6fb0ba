/* Rows that are a file's features: looked at once while the run is planned.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_FILE_ROWS_H
#define WEFT_PIPELINE_FILE_ROWS_H

#include "core/text.h"
#include "pipeline/rows/row_source.h"

#include <jansson.h>

/* Fills plan->rows.file, where the configuration says that rows come from one. Reads all features.
 *
 * errors  those of weft_vector_file_open(), its looks, and: no CRS, no feature (WEFT_ERR_DATA); each with the place in
 *         the configuration */
weft_status weft_file_rows_look(weft_plan *plan, weft_error *err);

/* What the rows take: needs->chunk_rows is all of them, as many as memory carries. */
void weft_file_rows_need(weft_memory_needs *needs, const weft_plan *plan);

/* What opens the file again. */
weft_vector_options weft_file_rows_options(const weft_config *config);

/* The rows, as lines for people, and as {"of": "points", "path": .., "crs": .., "count": n, "bounds": [..]}. */
void weft_file_rows_describe(const weft_plan *plan, weft_text *out);
json_t *weft_file_rows_json(const weft_plan *plan);

/* Puts FILE:LINE:COL and "rows: " in front of an error. */
void weft_file_rows_place_error(const weft_plan *plan, weft_error *err);

#endif
