/* A sandbox, and a cache of blocks that sources are read through. Trouble fails the running cmocka test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_RASTER_SOURCE_RIG_H
#define WEFT_TESTS_UNIT_RASTER_SOURCE_RIG_H

#include "raster/blocks/block_cache.h"
#include "raster/source/source.h"

#include <stdbool.h>

/* cmocka group fixtures: 64 MiB of memory, of which the cache may take half. GDAL's drivers are registered. */
int source_rig_setup(void **state);
int source_rig_teardown(void **state);

extern weft_block_cache *source_rig_cache;

/* A source of one file, closed by the caller. by_gdal: GDAL decodes all blocks, since an option of the driver's is set
 * (one that changes nothing). */
weft_source *source_rig_open(const char *name, bool by_gdal);

#endif
