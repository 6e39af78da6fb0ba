/* The bytes of several blocks of a GeoTIFF on a network, in one request.
 *
 * GDAL asks a server for the bytes of one block at a time, and waits for each. What it has downloaded it keeps in a cache
 * that is one for the process, so whoever reads a run of blocks there before they are decoded spares the other requests.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_READ_AHEAD_H
#define WEFT_RASTER_READ_AHEAD_H

#include "raster/gdal/block_key.h"

#include <stdbool.h>
#include <stdint.h>

/* Of one request, at most. */
#define WEFT_READ_AHEAD_BYTES (INT64_C(3) << 20)

/* Of these bytes while it runs: its own, and GDAL's of the answer, whose buffer grows twofold. */
#define WEFT_READ_AHEAD_COPIES 3

/* What GDAL's cache of downloads holds at most (CPL_VSIL_CURL_CACHE_SIZE). */
int64_t weft_download_cache_bytes(void);

/* Reads the bytes of a block and of those of the `count` on its right that lie after it in the file, without large gaps.
 * Does nothing where there are none, for other formats, and on other file systems. An error is not told: whoever decodes
 * the blocks will meet it. `dataset` is a GDALDatasetH that belongs to the caller's thread.
 *
 * False: the places of blocks could not be read. libtiff says so once, and from then on gives zeros for such a block: the
 * dataset must be closed.
 *
 * readers  that share the cache: each has its part of one half of it */
bool weft_read_ahead(void *dataset, weft_block_key key, int count, int readers);

#endif
