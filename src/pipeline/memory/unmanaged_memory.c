/* The constants are measured.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/memory/unmanaged_memory.h"

#include "core/memory/units.h"
#include "core/window.h"
#include "raster/crs/transform_pool.h"
#include "raster/gdal/gdal_setup.h"
#include "stages/merge_stage.h"

#include <math.h>

#define UNMANAGED_PER_WORKER (256 * WEFT_KIB) /* its stack, and what it leaves in the heap */
#define TRANSFORM_CONTEXT    (128 * WEFT_KIB) /* of PROJ, with its first transform, a clone */
#define DATABASE_CONTEXT     (640 * WEFT_KIB) /* of PROJ, with its database open */
#define TRANSFORM_BYTES      (28 * WEFT_KIB)  /* each clone more */
#define CELLS_TO_MEET        1024             /* of a window */
#define UNMANAGED_FIXED      (1 * WEFT_MIB)   /* SQLite's writer, the monitor */
#define LIBRARY_SHARE        0.42             /* of the pages that planning touched, those that a run needs; measured */

/* The cache is one for all handles, and each has opened the files under a VRT for itself: large blocks of one would
 * push out another's. The usual few MiB do for all. */
int64_t weft_gdal_cache_bytes(int64_t bytes, int threads) {
    return bytes + (threads - 1) * weft_larger(bytes - WEFT_RASTER_GDAL_CACHE, 0);
}

/* A context each worker, and clones of each transform, which many need at once in large windows alone. Where many are
 * given back under pressure, workers may have to make them anew, and then open the database themselves. */
static int64_t transforms_bytes(const weft_config *config, const weft_memory_needs *needs) {
    if (needs->transforms == 0) return 0;
    int64_t context = needs->transforms > WEFT_TRANSFORMS_KEPT ? DATABASE_CONTEXT : TRANSFORM_CONTEXT;
    int64_t side = weft_merge_window_side(needs->cols, needs->rows, config->window_size, needs->threads);
    double cells = (double)weft_smaller(side, needs->cols) * (double)weft_smaller(side, needs->rows);
    double meeting = fmin(2 + cells / CELLS_TO_MEET, needs->threads);
    return needs->threads * context + (int64_t)meeting * (needs->transforms - 1) * TRANSFORM_BYTES;
}

int64_t weft_unmanaged_bytes(const weft_config *config, const weft_memory_needs *needs) {
    return needs->resident_bytes + (int64_t)(LIBRARY_SHARE * (double)needs->library_bytes) + UNMANAGED_FIXED +
           needs->outputs.beside + config->beside_bytes + weft_gdal_cache_bytes(needs->gdal_cache, needs->threads) +
           needs->downloads + needs->threads * (UNMANAGED_PER_WORKER + needs->parsers) +
           transforms_bytes(config, needs);
}
