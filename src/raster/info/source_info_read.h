/* Between the files of this folder only: reads what a GDAL dataset declares.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_INFO_READ_H
#define WEFT_RASTER_SOURCE_INFO_READ_H

#include "raster/info/source_info.h"

/* Fills `out` from `dataset` (a GDALDatasetH). Owned members are freed with weft_source_info_dispose(), also after a
 * failure. Errors: WEFT_ERR_DATA with a hint, WEFT_ERR_MEMORY. */
weft_status weft_source_info_read(weft_source_info *out, void *dataset, const char *path, weft_source_options options,
                                  weft_error *err);
/* Compares a dataset that was opened again with what the first one declared: size, bands, types, missing values, scale,
 * blocks, place and, with_crs, its CRS. `options` are the first one's. Errors: WEFT_ERR_DATA (what is not the same),
 * WEFT_ERR_MEMORY.
 *
 * GDAL and PROJ make a CRS anew for each handle and look for its name in PROJ's database. What they find stays with the
 * thread, about 1 MiB each, and is in no ledger. So the CRS is asked for only where the file may be another one. */
weft_status weft_source_info_compare(const weft_source_info *then, void *dataset, weft_source_options options,
                                     bool with_crs, weft_error *err);
void weft_source_info_dispose(weft_source_info *info);

/* Sets `wraps` and `wrap_cols` from the CRS, the geotransform and the columns. */
void weft_source_info_find_wrap(weft_source_info *info);

#endif
