/* Whether two rasters are alike in all but place and size, as one number.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_LAYOUT_DIGEST_H
#define WEFT_RASTER_LAYOUT_DIGEST_H

#include <stdint.h>

/* A digest of what weft_source_info_read() makes of an open dataset (a GDALDatasetH), but for its size, its
 * geotransform and its texts of metadata: driver, CRS, blocks, compression, and of each band type, nodata, mask, scale,
 * offset, unit, description, colours and classes. 0: of this driver's rasters that is not known, or memory ran out.
 *
 * crs_wkt  of the dataset */
int64_t weft_layout_digest(void *dataset, const char *crs_wkt);

#endif
