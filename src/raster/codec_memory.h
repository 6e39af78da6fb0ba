/* What decoding a raster takes beside weft's own buffers: compressed bytes, whole decoded strips, drivers' caches.
 *
 * Looked up when a raster is opened, without reading a pixel, so that a file that cannot be decoded within the limit is
 * refused before the run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CODEC_MEMORY_H
#define WEFT_RASTER_CODEC_MEMORY_H

#include <stdint.h>

#define WEFT_GDAL_POOL_FILES 100 /* GDAL_MAX_DATASET_POOL_SIZE's default */

/* What a handle takes at most once it has decoded a block, and keeps while it is idle. A VRT's files are in GDAL's
 * pool, which has WEFT_GDAL_POOL_FILES for all handles together. */
typedef struct weft_codec_cost {
    int64_t handle_bytes;
    int64_t pool_files;      /* that it opens; 0: it is no VRT */
    int64_t pool_file_bytes; /* of the one that takes most */
} weft_codec_cost;

/* dataset  a GDALDatasetH with a band at least. Of a VRT a few of the files under it are opened and closed
 * wanted   how many of its bands will be read */
weft_codec_cost weft_codec_memory(void *dataset, int wanted);

#endif
