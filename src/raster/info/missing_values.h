/* Which values of a band's pixels mean missing, and marking them.
 *
 * A nodata value is a set of pixel values, because writers round what they declare: a float pixel is missing when it
 * is as close to the declared value as GDAL asks for (ARE_REAL_EQUAL of gcore/gdal_priv.h, which its mask bands are
 * made with). As ranges of values these sets are found once, and a block is looked through with two comparisons a
 * pixel.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MISSING_VALUES_H
#define WEFT_RASTER_MISSING_VALUES_H

#include "core/data_type.h"
#include "raster/info/source_info.h"

/* What a file declares, for a band of any type but 64-bit integers. An integer band is marked by the whole part of the
 * value, as GDAL does; a value that lies outside the type marks nothing. Sets nodata, nodata_occurs and missing of
 * `band`, whose type is set. False: no memory. */
bool weft_missing_values_declare(weft_band_info *band, double nodata);
/* The same for 64-bit integers: the value in two's complement. */
bool weft_missing_values_declare_bits(weft_band_info *band, uint64_t nodata);

/* What the user configures: `count` ranges with both ends; a single value is a range of no width. In an integer band
 * the values inside a range are missing, as far as the type has them. A single value in a float band is compared as one
 * that a file declares. False: no memory. */
bool weft_missing_values_set(weft_band_info *band, const weft_value_range *ranges, int count);

/* The same for values that are to be found exactly, such as classes: a single value in a float band is rounded to the
 * band's type, and no neighbour of it counts. Sets only `missing` of `band`, which the caller frees. */
bool weft_missing_values_choose(weft_band_info *band, const weft_value_range *ranges, int count);

/* Marks `count` pixels of the band: 1 is there, 0 is missing. NaN is missing in float bands besides. Returns whether
 * any is missing; only then is `valid` written. Any thread. */
bool weft_missing_values_mark(const weft_band_info *band, const void *values, int64_t count, uint8_t *valid);

#endif
