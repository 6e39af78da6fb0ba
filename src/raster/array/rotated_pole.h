/* Between the files of src/raster only: the CRS of a NetCDF variable on a grid of longitudes and latitudes around another
 * pole (regional climate models), which GDAL does not read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_ROTATED_POLE_H
#define WEFT_RASTER_ROTATED_POLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes it in PROJ's words, for `datasets[].crs`. dataset: GDAL's. False: the dataset is none. */
bool weft_rotated_pole_crs(void *dataset, char *out, size_t capacity);

#endif
