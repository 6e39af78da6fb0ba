/* Between the files of this folder only: where a STAC item lies.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_STAC_FOOTPRINT_H
#define WEFT_PIPELINE_STAC_FOOTPRINT_H

#include "core/files/catalog_records.h"

#include <jansson.h>

#define WEFT_STAC_POINTS 4096

/* The points that the footprint's rings point into. */
typedef struct weft_stac_outline {
    weft_footprint footprint;
    weft_footprint_point points[WEFT_STAC_POINTS];
    int count;
} weft_stac_outline;

/* The outer rings of the item's one or two polygons, from -180 to 180 degrees, cut at 180 where they cross it; where
 * there are more, the item's bbox. A ring is taken to cross 180 degrees where the bbox does (west over east, or beyond
 * 180), or its own longitudes go beyond 180: without either, 170 and -170 are joined the long way round, as GeoJSON
 * says. False: the item has no footprint. */
bool weft_stac_outline_find(weft_stac_outline *out, const json_t *item);

#endif
