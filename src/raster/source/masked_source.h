/* A source some of whose pixels do not count, because another raster says so.
 *
 * The mask is looked at when a block is decoded, pixel by pixel, so that all who read the source see the same holes. It
 * has the source's CRS, any resolution, and its rows and columns run the same way; what counts is the mask's pixel
 * under a pixel's centre, of any turn of longitude. Its blocks are in the same cache.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MASKED_SOURCE_H
#define WEFT_RASTER_MASKED_SOURCE_H

#include "raster/source/source.h"

/* weft_source_open(), and of its mask, if options.mask says that there is one. Errors: of both; WEFT_ERR_DATA for a
 * mask of another CRS, without its band, that lies elsewhere or is turned. */
weft_status weft_masked_source_open(weft_source **out, const char *path, weft_source_options options,
                                    weft_block_cache *cache, weft_error *err);

#endif
