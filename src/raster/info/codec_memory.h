/* What decoding a raster takes beside weft's own buffers: compressed bytes, whole decoded strips, drivers' caches.
 *
 * A margin for each class of driver, as a multiple of the largest block that it decodes at once: looked up when a
 * raster is opened, without reading a pixel, so that a file that cannot be decoded within the limit is refused before
 * the run. What a run then measures may raise it (handle_limit.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CODEC_MEMORY_H
#define WEFT_RASTER_CODEC_MEMORY_H

#include <stdint.h>

typedef struct weft_codec_cost {
    int64_t bytes;        /* what a handle takes at most from its first decode until it is closed, an open file too */
    int64_t open_bytes;   /* of that, what it takes as soon as it is open */
    int64_t cached_bytes; /* what GDAL's own cache, which is one for all, is to keep of it (weft_raster_set_cache) */
    int bands_at_once;    /* that a chunk of NetCDF, HDF5 or Zarr holds, while the library keeps it decoded; else 1 */
    uint64_t shape;       /* files of one shape take the same: driver, compression, bytes of a block */
} weft_codec_cost;

/* dataset  a GDALDatasetH with a band at least. Of a VRT a few of the files under it are opened and closed; of NetCDF,
 *          HDF5 and Zarr the array is opened once more, for its chunks
 * wanted   how many of its bands will be read
 * overview that they will be read of, from 1; 0: none */
weft_codec_cost weft_codec_memory(void *dataset, int wanted, int overview);

#endif
