/* The columns' statistics as text for people.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_STATS_REPORT_H
#define WEFT_PIPELINE_STATS_REPORT_H

#include "pipeline/plan/plan.h"
#include "processors/table/column_stats.h"

/* Adds a table: a line a column; mean and sd in 9 digits. rows: that were looked at. Errors: WEFT_ERR_MEMORY. */
weft_status weft_stats_describe(const weft_plan *plan, const weft_column_stats *stats, int64_t rows, weft_text *out,
                                weft_error *err);

#endif
