/* Between the files of src/raster only: what the attributes valid_range, valid_min and valid_max of a NetCDF variable say
 * that its pixels can be. GDAL puts the variable's nodata value in the place of others, which is 0 of bytes and of 64-bit
 * integers without one, and knows no valid_min without a valid_max: here all others are missing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VALID_RANGE_H
#define WEFT_RASTER_VALID_RANGE_H

#include "core/data_type.h"

#define WEFT_VALID_RANGE_OPTION "HONOUR_VALID_RANGE" /* of GDAL's driver: whether it changes pixels */

/* Of pixels as they are stored; an infinity bounds nothing. */
typedef struct weft_valid_range {
    double low, high;
} weft_valid_range;

/* The range of a dataset, of pixels of this type; without bounds where it is not NetCDF or declares none, or one that holds
 * nothing. dataset: GDAL's. */
weft_valid_range weft_valid_range_read(void *dataset, weft_data_type type);

/* Adds what lies beyond the range, up to two ranges, to the `count` that are in `missing`. Returns how many there are then. */
int weft_valid_range_add(weft_value_range *missing, int count, weft_valid_range range, weft_data_type type);

#endif
