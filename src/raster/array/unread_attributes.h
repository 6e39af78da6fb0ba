/* Between the files of src/raster only: what an HDF file says of its pixels that GDAL leaves to its user: scale_factor and
 * add_offset of HDF5, missing_value, and the valid range.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_UNREAD_ATTRIBUTES_H
#define WEFT_RASTER_UNREAD_ATTRIBUTES_H

#include <stddef.h>

#define WEFT_UNREAD_BYTES 256

/* Fills the texts with such attributes and their values, on one line each: those that say what pixels mean, and those that
 * say which are missing. "": there are none. dataset: GDAL's. */
void weft_unread_attributes_find(void *dataset, char scaling[WEFT_UNREAD_BYTES], char missing[WEFT_UNREAD_BYTES]);

#endif
