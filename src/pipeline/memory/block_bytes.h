/* What a source's decoded blocks take in the block cache.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BLOCK_BYTES_H
#define WEFT_PIPELINE_BLOCK_BYTES_H

#include "raster/source/source.h"

/* Whether to count a mask for the band's blocks. */
typedef bool (*weft_band_masked_fn)(const weft_band_info *band);

/* Of one block: all bands that are read, each in whole pages. `masked` NULL: all have a mask. */
double weft_block_bytes(const weft_source_info *info, weft_band_masked_fn masked);

/* Of the band whose values are widest, with a mask; one worker decodes it. */
int64_t weft_block_bytes_largest(const weft_source_info *info);

#endif
