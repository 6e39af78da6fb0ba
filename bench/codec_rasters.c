/* Makes what bench/codecs.sh has no program for, in the folder that is named, where it is not there yet: a raster of
 * noise, from which GDAL makes those of each codec, and NetCDF files with chunks that cover much.
 *
 * usage: bench_codec_rasters FOLDER
 *
 * SPDX-License-Identifier: MIT */
#include "support/rasters.h"

#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WEST  390200
#define NORTH 5848440
#define PIXEL 20

/* 4000 steps of height over ten kilometres: little that a codec could leave out. */
static const raster_spec base = {
    .name = "base.tif",
    .epsg = 32632,
    .west = WEST,
    .north = NORTH,
    .pixel = PIXEL,
    .cols = 6000,
    .rows = 6000,
    .gdal_type = GDT_Float32,
    .low = 0,
    .high = 4000,
    .creation = {"TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", "NUM_THREADS=2", NULL},
};

/* Of one variable, (time, y, x). A chunk holds all times of chunk x chunk pixels, which divide the side. */
typedef struct chunked_spec {
    const char *name;
    int times, side, chunk;
} chunked_spec;

static const chunked_spec chunked[] = {{"netcdf_times", 24, 2000, 500}, {"netcdf_chunks", 1, 6000, 2000}};

static float value_at(int time, int row, int col) {
    unsigned mixed = ((unsigned)row * 73856093u) ^ ((unsigned)col * 19349663u) ^ ((unsigned)time * 83492791u);
    return (float)((mixed >> 7) % 40000) / 16;
}

/* A dimension and the positions along it, begin + i * step. */
static GDALDimensionH add_dimension(GDALGroupH group, const char *name, const char *type, int size, double begin,
                                    double step) {
    GDALDimensionH dimension = GDALGroupCreateDimension(group, name, type, NULL, (GUInt64)size, NULL);
    GDALExtendedDataTypeH real = GDALExtendedDataTypeCreate(GDT_Float64);
    GDALMDArrayH array = GDALGroupCreateMDArray(group, name, 1, &dimension, real, NULL);
    GUInt64 start = 0;
    size_t count = (size_t)size;
    double *values = malloc(count * sizeof *values);
    for (int i = 0; i < size && values != NULL; i++)
        values[i] = begin + i * step;
    if (array == NULL || values == NULL ||
        !GDALMDArrayWrite(array, &start, &count, NULL, NULL, real, values, NULL, 0)) {
        GDALDimensionRelease(dimension);
        dimension = NULL;
    }
    free(values);
    GDALMDArrayRelease(array);
    GDALExtendedDataTypeRelease(real);
    return dimension;
}

static bool write_values(GDALMDArrayH array, GDALExtendedDataTypeH real, const chunked_spec *spec) {
    GUInt64 start[3] = {0, 0, 0};
    size_t chunk = (size_t)spec->chunk, count[3] = {(size_t)spec->times, chunk, chunk};
    float *values = malloc(sizeof *values * count[0] * chunk * chunk);
    bool ok = values != NULL;
    int across = spec->side / spec->chunk;
    for (int part = 0; part < across * across && ok; part++) {
        int first_row = part / across * spec->chunk, first_col = part % across * spec->chunk;
        float *at = values;
        start[1] = (GUInt64)first_row;
        start[2] = (GUInt64)first_col;
        for (int time = 0; time < spec->times; time++)
            for (int row = first_row; row < first_row + spec->chunk; row++)
                for (int col = first_col; col < first_col + spec->chunk; col++)
                    *at++ = value_at(time, row, col);
        ok = GDALMDArrayWrite(array, start, count, NULL, NULL, real, values, NULL, 0);
    }
    free(values);
    return ok;
}

static GDALMDArrayH add_array(GDALGroupH group, GDALDimensionH sides[3], GDALExtendedDataTypeH real,
                              const chunked_spec *spec) {
    char size[64];
    (void)snprintf(size, sizeof size, "%d,%d,%d", spec->times, spec->chunk, spec->chunk);
    char **options = CSLSetNameValue(NULL, "BLOCKSIZE", size);
    options = CSLSetNameValue(options, "COMPRESS", "DEFLATE");
    options = CSLSetNameValue(options, "ZLEVEL", "1");
    sides[0] = add_dimension(group, "time", GDAL_DIM_TYPE_TEMPORAL, spec->times, 0, 1);
    sides[1] = add_dimension(group, "y", GDAL_DIM_TYPE_HORIZONTAL_Y, spec->side, NORTH - PIXEL / 2.0, -PIXEL);
    sides[2] = add_dimension(group, "x", GDAL_DIM_TYPE_HORIZONTAL_X, spec->side, WEST + PIXEL / 2.0, PIXEL);
    bool ok = sides[0] != NULL && sides[1] != NULL && sides[2] != NULL;
    GDALMDArrayH array = ok ? GDALGroupCreateMDArray(group, "value", 3, sides, real, options) : NULL;
    CSLDestroy(options);
    return array;
}

static bool write_chunked(const char *path, const chunked_spec *spec) {
    GDALDatasetH file = GDALCreateMultiDimensional(GDALGetDriverByName("netCDF"), path, NULL, NULL);
    GDALGroupH group = file == NULL ? NULL : GDALDatasetGetRootGroup(file);
    GDALExtendedDataTypeH real = GDALExtendedDataTypeCreate(GDT_Float32);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    GDALDimensionH sides[3] = {NULL, NULL, NULL};
    bool ok = group != NULL && OSRImportFromEPSG(crs, 32632) == OGRERR_NONE;
    GDALMDArrayH array = ok ? add_array(group, sides, real, spec) : NULL;
    ok = array != NULL && GDALMDArraySetSpatialRef(array, crs) && write_values(array, real, spec);
    if (array != NULL) GDALMDArrayRelease(array);
    for (int i = 0; i < 3; i++)
        if (sides[i] != NULL) GDALDimensionRelease(sides[i]);
    if (group != NULL) GDALGroupRelease(group);
    if (file != NULL) GDALClose(file);
    OSRDestroySpatialReference(crs);
    GDALExtendedDataTypeRelease(real);
    return ok;
}

/* A build of GDAL without NetCDF makes none: the benchmark then goes without it, and says so. */
static void make_chunked(const char *folder, const chunked_spec *spec) {
    char path[4096], part[4096];
    (void)snprintf(path, sizeof path, "%s/%s.nc", folder, spec->name);
    (void)snprintf(part, sizeof part, "%s/%s.part.nc", folder, spec->name);
    if (access(path, F_OK) == 0 || (write_chunked(part, spec) && rename(part, path) == 0)) return;
    (void)unlink(part);
    fprintf(stderr, "bench_codec_rasters: %s cannot be made: %s\n", path, CPLGetLastErrorMsg());
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: bench_codec_rasters FOLDER\n");
        return 64;
    }
    if (!raster_make(argv[1], &base)) {
        fprintf(stderr, "bench_codec_rasters: %s/base.tif cannot be made: %s\n", argv[1], CPLGetLastErrorMsg());
        return 74;
    }
    for (size_t i = 0; i < sizeof chunked / sizeof *chunked; i++)
        make_chunked(argv[1], &chunked[i]);
    return 0;
}
