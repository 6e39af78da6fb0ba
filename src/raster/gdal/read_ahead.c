/* SPDX-License-Identifier: MIT
 *
 * Each run is read through a handle of its own: GDAL reads twice as much each time as one handle goes on where it ended,
 * and would read what nobody needs. */
#include "raster/gdal/read_ahead.h"

#include "core/window.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"
#include "raster/gdal/read_trouble.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_CACHE (INT64_C(16) << 20) /* GDAL's: 1000 chunks of 16 KiB */
#define LARGEST_GAP   65536               /* between blocks: read rather than asked around */
#define MOST_AT       (INT64_MAX / 2)     /* whatever a broken file says */
#define ALONE_BYTES   524288 /* where one reader goes through small blocks, GDAL's own requests grow larger */

int64_t weft_download_cache_bytes(void) {
    int64_t bytes = strtoll(CPLGetConfigOption("CPL_VSIL_CURL_CACHE_SIZE", "0"), NULL, 10);
    return bytes > 0 ? bytes : DEFAULT_CACHE;
}

/* From *begin: how many bytes the block and those on its right have that are to be read with it. 0: there are none. */
static int64_t find_run(GDALDatasetH dataset, weft_block_key key, int count, int64_t max, int64_t *begin) {
    int64_t end = 0;
    int merged = 0;
    for (; merged <= count; merged++) {
        int64_t at, bytes;
        weft_block_key next = {key.source_id, key.band, key.block_col + merged, key.block_row};
        if (!weft_block_find_bytes(dataset, next, &at, &bytes) || at > MOST_AT || bytes > max) break;
        if (merged == 0) *begin = end = at;
        if (at < end || at - end > LARGEST_GAP || at + bytes - *begin > max) break;
        end = at + bytes;
    }
    return merged > 1 ? end - *begin : 0;
}

static void read_run(const char *path, int64_t begin, int64_t bytes) {
    void *memory = malloc((size_t)bytes);
    VSILFILE *file = memory == NULL ? NULL : VSIFOpenL(path, "rb");
    bool done = file != NULL && VSIFSeekL(file, (vsi_l_offset)begin, SEEK_SET) == 0 &&
                VSIFReadL(memory, 1, (size_t)bytes, file) == (size_t)bytes;
    if (file != NULL) (void)VSIFCloseL(file);
    free(memory);
    if (!done && memory != NULL) VSICurlPartialClearCache(path); /* of an answer that was cut it keeps a part */
}

bool weft_read_ahead(void *dataset, weft_block_key key, int count, int readers) {
    const char *path = GDALGetDescription(dataset);
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    int64_t begin = 0, share = weft_download_cache_bytes() / 2 / (readers > 0 ? readers : 1);
    weft_read_watch watch;
    if (driver == NULL || strcmp(GDALGetDriverShortName(driver), "GTiff") != 0 || !weft_is_download_cached(path))
        return true;
    if (!weft_read_watch_begin(&watch)) return true; /* no memory, as the decoder will find out */
    int64_t max = weft_smaller(share, WEFT_READ_AHEAD_BYTES);
    int64_t bytes = find_run(dataset, key, count, max, &begin);
    bool places_known = !watch.failed;
    if (places_known && bytes > (readers > 1 ? 0 : ALONE_BYTES)) read_run(path, begin, bytes);
    weft_read_watch_end(&watch);
    return places_known;
}
