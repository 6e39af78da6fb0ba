/* Between the files of src/raster only: the multidimensional array that a classic dataset shows a plane of.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_ARRAY_VIEW_H
#define WEFT_RASTER_ARRAY_VIEW_H

#include <gdal.h>
#include <stdbool.h>

typedef struct weft_array_view {
    GDALDatasetH file;
    GDALGroupH root;
    GDALMDArrayH array;
} weft_array_view;

/* Whether the dataset's driver has arrays of several dimensions: NetCDF, HDF5 or Zarr. */
bool weft_array_view_is_likely(GDALDatasetH dataset);

/* Opens the array that the dataset's first band is of, quietly. False where there is none; nothing is to be closed
 * then. */
bool weft_array_view_open(weft_array_view *out, GDALDatasetH dataset);
void weft_array_view_close(weft_array_view *view);

#endif
