/* Between the files of src/raster only: pixels of a VRT that none of its files fills. Where no nodata value is declared they
 * are 0, as zeros that were measured are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VRT_GAPS_H
#define WEFT_RASTER_VRT_GAPS_H

#include <stdint.h>

/* How many such pixels there are at least in this band, from 1; 0: none, or the dataset is no mosaic of files. Only the
 * VRT's XML is looked at: each source's rectangle counts as filled, and one that lies on another hides as much of a gap.
 * dataset: GDAL's. */
int64_t weft_vrt_gaps_count(void *dataset, int band);

#endif
