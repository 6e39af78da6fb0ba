/* Between the files of this folder only: the assets of one STAC item as features of a catalog.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_STAC_ITEM_H
#define WEFT_PIPELINE_STAC_ITEM_H

#include "core/files/catalog_records.h"

#include <jansson.h>

/* Calls `take` for each asset that is a raster, by its type, its role or its suffix.
 *
 * folder   of the item's file: relative addresses start there
 * placed   set to whether the item has a footprint; without one nothing is taken
 * errors   WEFT_ERR_MEMORY; those of take */
weft_status weft_stac_item_read(const json_t *item, const char *folder,
                                weft_status (*take)(void *payload, const weft_catalog_raster *raster, weft_error *err),
                                void *payload, bool *placed, weft_error *err);

/* The address as GDAL opens it, on the heap: /vsicurl/ for http, /vsis3/ for s3, and their like, else a path. NULL: no
 * memory. */
char *weft_stac_address(const char *href, const char *folder);

#endif
