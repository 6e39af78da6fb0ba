/* What decoding a raster takes beside weft's own buffers: compressed bytes, whole decoded strips, drivers' caches.
 *
 * Looked up when a raster is opened, without reading a pixel, so that a file that cannot be decoded within the limit is
 * refused before the run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CODEC_MEMORY_H
#define WEFT_RASTER_CODEC_MEMORY_H

#include <stdint.h>

/* Bytes that one open handle takes at most once it has decoded a block, and keeps while it is idle.
 *
 * dataset  a GDALDatasetH with a band at least. Of a VRT a few of the files under it are opened and closed */
int64_t weft_codec_memory(void *dataset);

#endif
