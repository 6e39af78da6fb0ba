/* Between the files of this folder only: what a source is made of. source_open.c makes it, source.c reads it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_PARTS_H
#define WEFT_RASTER_SOURCE_PARTS_H

#include "raster/blocks/block_loader.h"
#include "raster/files/file_stamps.h"
#include "raster/source/source_kind.h"

typedef struct weft_source weft_source;

struct weft_source {
    const weft_source_kind *kind; /* NULL: one file, and what follows `info` is its */
    void *payload;                /* the kind's */
    weft_source_info info;
    weft_source_options options; /* without the bands */
    weft_file_stamps stamps;     /* of its files, when it was opened */
    bool crs_shared;             /* info.crs is another's */
    bool bands_shared;           /* info.bands are another's */
    bool is_expected;            /* and `expected_bytes` and `expected_ms` say of which size and time the file is */
    int64_t expected_bytes, expected_ms;
    const struct weft_source *like; /* the open one of the same layout, of one that is opened later; else NULL */
    weft_block_loader loader;
    weft_block_cache *cache;
    weft_source *mask; /* says which pixels do not count; NULL: nobody does */
};

/* Opens the file once more, a GDALDatasetH, and only if it is the one that was planned with. Errors: as
 * weft_source_check_files(). */
weft_status weft_source_open_same(const weft_source *source, void **out, weft_error *err);

#endif
