/* How wide a dataset's windows may be, so that the blocks under a window stay in the cache while all columns are computed.
 *
 * A window is computed 32 grid rows at a time, column after column. In a file of hundreds of bands, or with large blocks,
 * the blocks under those rows may not fit in the cache: then each block would be decoded again for every column and every
 * 32 rows. So columns whose bands are decoded together are computed in groups, one after the other, small enough that a
 * group's blocks fit in the cache.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BLOCK_WINDOWS_H
#define WEFT_PIPELINE_BLOCK_WINDOWS_H

#include "pipeline/plan/plan.h"

/* Sets window_cols and columns_together of every dataset, and how many sibling bands of a block its source reads ahead.
 * Call it after the memory plan was made. */
void weft_block_windows_plan(weft_plan *plan);

#endif
