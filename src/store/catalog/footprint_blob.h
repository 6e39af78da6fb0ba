/* Footprints as GeoPackage stores geometries: a header with bounds, and a multipolygon in WKB.
 * https://www.geopackage.org/spec130/#gpb_format
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_FOOTPRINT_BLOB_H
#define WEFT_STORE_FOOTPRINT_BLOB_H

#include "core/files/catalog_records.h"

#include <sqlite3.h>

/* Bytes that a footprint takes. */
size_t weft_footprint_blob_bytes(const weft_footprint *footprint);
/* Writes it to `out`, of that size. */
void weft_footprint_blob_write(const weft_footprint *footprint, unsigned char *out);

/* Adds ST_MinX, ST_MaxX, ST_MinY, ST_MaxY and ST_IsEmpty, which the triggers of an R*Tree call, to a database; they
 * look at headers only. And weft_geojson, the GeoJSON geometry of a polygon or a multipolygon, null for all else.
 * weft_meets(geometry, west, south, east, north) says whether the bounds of any part of it meet the box.
 * Returns SQLite's code. */
int weft_footprint_blob_add_functions(sqlite3 *database);

#endif
