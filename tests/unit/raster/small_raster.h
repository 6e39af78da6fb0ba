/* GeoTIFFs of a few pixels, made where a test needs them. Trouble fails the running cmocka test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_RASTER_SMALL_RASTER_H
#define WEFT_TESTS_UNIT_RASTER_SMALL_RASTER_H

#include <gdal.h>

/* A file in EPSG:4326 whose top left corner is (west, 45), closed by the caller. `options`: GTiff's, or NULL. */
GDALDatasetH small_raster_create(const char *name, int cols, int rows, int bands, GDALDataType type, double west,
                                 double pixel, const char *const *options);

/* Gives it another place: any CRS that GDAL reads. */
void small_raster_place(GDALDatasetH file, const char *crs, const double geotransform[6]);

/* All of a band, row by row. */
void small_raster_write(GDALDatasetH file, int band, const double *values);

#endif
