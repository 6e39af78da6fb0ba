/* Written with GDAL's own calls, so that what weft reads was not written by weft.
 *
 * SPDX-License-Identifier: MIT */
#include "unit/raster/small_raster.h"

#include "support/cmocka_all.h"

#include <ogr_srs_api.h>

void small_raster_place(GDALDatasetH file, const char *crs, const double geotransform[6]) {
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    double place[6];
    for (int i = 0; i < 6; i++)
        place[i] = geotransform[i];
    assert_int_equal(OSRSetFromUserInput(srs, crs), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(file, srs), CE_None);
    assert_int_equal(GDALSetGeoTransform(file, place), CE_None);
    OSRDestroySpatialReference(srs);
}

GDALDatasetH small_raster_create(const char *name, int cols, int rows, int bands, GDALDataType type, double west,
                                 double pixel, const char *const *options) {
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, cols, rows, bands, type, (CSLConstList)options);
    assert_non_null(file);
    small_raster_place(file, "EPSG:4326", (const double[6]){west, pixel, 0, 45, 0, -pixel});
    return file;
}

void small_raster_write(GDALDatasetH file, int band, const double *values) {
    int cols = GDALGetRasterXSize(file), rows = GDALGetRasterYSize(file);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(file, band), GF_Write, 0, 0, cols, rows, (void *)values, cols, rows,
                                  GDT_Float64, 0, 0),
                     CE_None);
}
