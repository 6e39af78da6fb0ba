/* Between the files of this folder only: what both aligned rasters need, geotiff and the cog that is made of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_GEOTIFF_FORMAT_H
#define WEFT_PIPELINE_GEOTIFF_FORMAT_H

#include "pipeline/formats/format.h"
#include "pipeline/formats/raster_columns.h"
#include "stages/writers/geotiff_writer.h"

extern const weft_format weft_geotiff_format;

/* As weft_format's functions of these names. */
weft_status weft_geotiff_format_check(const weft_plan *plan, weft_error *err);
weft_status weft_geotiff_format_reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err);
int64_t weft_geotiff_format_estimate(const weft_plan *plan);

/* The number of the plan's output that is the GeoTIFF; -1: it has none. */
int weft_geotiff_format_find(const weft_plan *plan);

/* What the writer of either is made with. The place's `keep` holds it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_geotiff_format_prepare(weft_geotiff_options *out, weft_raster_columns *columns,
                                        const weft_format_place *place, weft_error *err);

#endif
