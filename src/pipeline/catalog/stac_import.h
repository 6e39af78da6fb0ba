/* Takes the assets of STAC items into a catalog without opening any: an Item, an ItemCollection, a Collection or a
 * Catalog with the items that it links to, as files of JSON. https://stacspec.org
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_STAC_IMPORT_H
#define WEFT_PIPELINE_STAC_IMPORT_H

#include "core/cancel.h"

#include <stdint.h>

typedef struct weft_stac_counts {
    int64_t items, rasters;
    int64_t left_out; /* items without a place on Earth, and what stands where an item should */
} weft_stac_counts;

/* Each asset that is a raster becomes a feature; the one of the same address is replaced. An item collection is read
 * item by item, whatever its size; several values one after the other (a line each) are taken one by one.
 *
 * catalog  made where it is not there
 * path     of a file; what it links to is in the file system too, links to the network are warned of
 * cancel   may be NULL
 * errors   WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_IO (the file), WEFT_ERR_DATA (no JSON, with line and
 *          column; no STAC), WEFT_ERR_CANCELLED, WEFT_ERR_MEMORY; those of the catalog. Items taken before it stay */
weft_status weft_stac_import(const char *catalog, const char *path, const weft_cancel *cancel, weft_stac_counts *counts,
                             weft_error *err);

#endif
