/* Between the files of src/raster only: the values that the attributes of a NetCDF variable say are missing. GDAL knows
 * one of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MISSING_ATTRIBUTES_H
#define WEFT_RASTER_MISSING_ATTRIBUTES_H

#include "core/data_type.h"

#define WEFT_MISSING_ATTRIBUTES_MOST 32

/* Adds the values of _FillValue and missing_value to the `count` that are in `values`, none twice. dataset, band: GDAL's.
 * Returns how many there are then; `count` where the dataset is not NetCDF. */
int weft_missing_attributes_add(weft_value_range values[WEFT_MISSING_ATTRIBUTES_MOST], int count, void *dataset,
                                void *band, weft_data_type type);

#endif
