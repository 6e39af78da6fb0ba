/* Between the files of src/raster only: what the columns and rows of a plane of a multidimensional array are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_AXES_H
#define WEFT_RASTER_SOURCE_AXES_H

#include "core/status.h"

/* Refuses a plane of a NetCDF, HDF5 or Zarr array whose columns are not along x (longitude) or whose rows are not along
 * y (latitude), as far as the file says what they are, and one whose coordinates are not evenly spaced. Other datasets,
 * and dimensions that the file says nothing of, pass.
 *
 * dataset       a GDALDatasetH
 * *longitudes   set to whether the columns are in degrees east and the rows in degrees north
 * errors        WEFT_ERR_DATA, with the command that mends it */
weft_status weft_source_axes_check(void *dataset, const char *path, bool *longitudes, weft_error *err);

#endif
