/* Between the files of this folder only: opens a raster, and tries again what may pass.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_DATASET_OPEN_H
#define WEFT_RASTER_DATASET_OPEN_H

#include "raster/info/source_info.h"

/* Opens `path` as a GDALDatasetH, to be closed by the caller.
 *
 * describe  filled in, when not NULL; to be disposed of then
 * errors    those of weft_source_open() */
weft_status weft_dataset_open(void **out, const char *path, weft_source_options options, weft_source_info *describe,
                              weft_error *err);

#endif
