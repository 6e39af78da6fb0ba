/* Rasters made by formula: the same bytes of pixels on every machine.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_RASTERS_H
#define WEFT_TESTS_SUPPORT_RASTERS_H

#include <stdbool.h>

/* What is made. A pixel is a smooth wave over the place plus hashed noise; one pixel in `missing_every` is missing. */
typedef struct raster_spec {
    const char *name; /* file name */
    int epsg;
    double west, north; /* outer corner of the first pixel, in CRS units */
    double pixel;       /* CRS units */
    int cols, rows;
    int gdal_type;    /* GDALDataType */
    double low, high; /* range of the values */
    bool has_nodata;
    double nodata;
    int missing_every;       /* 0: nothing is missing */
    const char *creation[8]; /* GTiff options, NULL-terminated */
} raster_spec;

/* Makes the file at `folder`/`spec->name` unless it is there, whole or not at all. Returns whether it is there. */
bool raster_make(const char *folder, const raster_spec *spec);

/* Gives a file another place. Returns whether it has it. */
bool raster_place(const char *path, const double geotransform[6]);

#endif
