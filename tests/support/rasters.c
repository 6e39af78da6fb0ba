/* SPDX-License-Identifier: MIT
 *
 * Written row by row, so that a raster of any size takes the memory of one row. */
#include "support/rasters.h"
#include "support/splitmix.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static double value_at(const raster_spec *spec, int col, int row) {
    uint64_t noise = splitmix((uint64_t)row * 1000003u + (uint64_t)col);
    if (spec->missing_every > 0 && noise % (uint64_t)spec->missing_every == 0) return spec->nodata;
    double wave = 0.5 + 0.25 * (sin(col * 0.021) + cos(row * 0.017));
    double share = 0.9 * wave + 0.1 * (double)(noise >> 40) / (double)(1 << 24);
    double value = spec->low + (spec->high - spec->low) * share;
    bool whole = spec->gdal_type != GDT_Float32 && spec->gdal_type != GDT_Float64;
    return whole ? floor(value) : floor(value * 1024) / 1024;
}

static bool fill(GDALRasterBandH band, const raster_spec *spec) {
    double *line = malloc((size_t)spec->cols * sizeof *line);
    bool ok = line != NULL;
    for (int row = 0; row < spec->rows && ok; row++) {
        for (int col = 0; col < spec->cols; col++)
            line[col] = value_at(spec, col, row);
        ok = GDALRasterIO(band, GF_Write, 0, row, spec->cols, 1, line, spec->cols, 1, GDT_Float64, 0, 0) == CE_None;
    }
    free(line);
    return ok;
}

static bool write_file(const char *path, const raster_spec *spec) {
    double geotransform[6] = {spec->west, spec->pixel, 0, spec->north, 0, -spec->pixel};
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    char *wkt = NULL;
    bool ok = OSRImportFromEPSG(crs, spec->epsg) == OGRERR_NONE && OSRExportToWkt(crs, &wkt) == OGRERR_NONE;
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), path, spec->cols, spec->rows, 1,
                                   (GDALDataType)spec->gdal_type, (CSLConstList)spec->creation);
    ok = ok && file != NULL && GDALSetGeoTransform(file, geotransform) == CE_None &&
         GDALSetProjection(file, wkt) == CE_None;
    if (ok && spec->has_nodata) ok = GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), spec->nodata) == CE_None;
    ok = ok && fill(GDALGetRasterBand(file, 1), spec);
    if (file != NULL) GDALClose(file);
    CPLFree(wkt);
    OSRDestroySpatialReference(crs);
    return ok;
}

bool raster_make(const char *folder, const raster_spec *spec) {
    char path[4096], part[4200];
    GDALAllRegister();
    (void)snprintf(path, sizeof path, "%s/%s", folder, spec->name);
    (void)snprintf(part, sizeof part, "%s.%ld.part", path, (long)getpid());
    if (access(path, F_OK) == 0) return true;
    if (write_file(part, spec) && rename(part, path) == 0) return true;
    unlink(part);
    return false;
}

bool raster_place(const char *path, const double geotransform[6]) {
    GDALDatasetH file = GDALOpen(path, GA_Update);
    bool ok = file != NULL && GDALSetGeoTransform(file, (double *)geotransform) == CE_None;
    if (file != NULL) GDALClose(file);
    return ok;
}
