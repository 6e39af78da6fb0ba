/* Takes the rasters of a tile index into a catalog without opening any: what gdaltindex makes, GDAL's GTI, or STAC
 * items as a table, in anything that OGR reads.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_INDEX_IMPORT_H
#define WEFT_PIPELINE_INDEX_IMPORT_H

#include "core/cancel.h"
#include "pipeline/catalog/stac_import.h"

/* Whether a file is one for weft_stac_import(): its first byte that is no blank is a brace. A file that cannot be read
 * is none. */
bool weft_index_import_is_json(const char *path);

/* Each feature is a raster: its field location says where, its polygon what it covers; or, where fields are called
 * assets.KEY.href (stac-geoparquet), each of these that is set is one. Other fields are properties. The feature of the
 * same location is replaced.
 *
 * counts  items are features; left out are those without a location or a place on Earth
 * errors  WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_DATA (not OGR's, no field location, no CRS; Parquet, and
 * GDAL has no driver for it: with the conversion), WEFT_ERR_CANCELLED, WEFT_ERR_MEMORY; those of the catalog. What was
 *         taken before stays */
weft_status weft_index_import(const char *catalog, const char *path, const weft_cancel *cancel,
                              weft_stac_counts *counts, weft_error *err);

#endif
