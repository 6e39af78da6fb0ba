/* What a shard writes besides the pieces of the formats that were asked for. No configuration names these.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PIECE_FORMATS_H
#define WEFT_PIPELINE_PIECE_FORMATS_H

#include "pipeline/formats/format.h"

/* The cells, for formats whose pieces are not joined by copying. */
extern const weft_format weft_cells_format;
/* The statistics of the columns, part by part. */
extern const weft_format weft_statistics_format;

/* Whether the table has a row for every cell of the grid. */
bool weft_plan_keeps_all_rows(const weft_plan *plan);

/* The unit of a format's pieces; 0: it has none, and is made of the cells. */
static inline int64_t weft_format_unit(const weft_format *format, const weft_plan *plan) {
    bool files = plan->config->partition == WEFT_PARTITION_BY && format->table; /* many, in a folder */
    return format->unit == NULL || files ? 0 : format->unit(plan);
}

#endif
