/* What a catalog says of a raster, so that it need not be opened to know it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_EXPECTED_RASTER_H
#define WEFT_RASTER_EXPECTED_RASTER_H

#include <stdint.h>

typedef struct weft_expected_raster {
    int64_t layout; /* rasters of one are alike in all but place and size (layout_digest.h); 0: it is not known */
    int64_t bytes, modified_ms;
    int64_t cols, rows;
    double geotransform[6];
} weft_expected_raster;

#endif
