/* Which rows of the grid a shard computes: ranges that cost about the same, cut where sources have no block on both
 * sides, where such a place is near.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_ROWS_H
#define WEFT_PIPELINE_SHARD_ROWS_H

#include "pipeline/plan/plan.h"

/* Fills plan->first_row and end_row: all rows, or those of plan->config->shard. They follow from the grid, the sources
 * and the number of shards alone, so that all shards' processes find the same. Datasets are tied to the grid and layers
 * are known. Errors: the projectors'; WEFT_ERR_MEMORY. */
weft_status weft_shard_rows_find(weft_plan *plan, weft_error *err);

#endif
