/* How wide windows of a dataset may be, so that the blocks under one stay in the cache while all its columns are made.
 *
 * A window is worked 32 grid rows at a time, column after column. Of a file of hundreds of bands, or of large blocks,
 * what those rows touch may be more than the cache holds: then each block would be decoded once for every column and 32
 * rows. Columns that one decode gives are then made in groups, one after the other, whose blocks stay at hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BLOCK_WINDOWS_H
#define WEFT_PIPELINE_BLOCK_WINDOWS_H

#include "pipeline/plan/plan.h"

/* Sets window_cols and columns_together of every dataset, and how much of the other bands of a block its source reads
 * ahead. Call it when the memory plan is made. */
void weft_block_windows_plan(weft_plan *plan);

#endif
