/* SPDX-License-Identifier: MIT
 *
 * GDAL's HDF5 driver shows planes without their attributes, so these are read as arrays' are; its HDF4 driver has them
 * among the dataset's metadata. */
#include "raster/array/unread_attributes.h"

#include "raster/array/array_view.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NUMBERS 4 /* of an attribute that is shown */

/* Where attributes are looked for. */
typedef struct attributes {
    GDALDatasetH dataset;
    GDALMDArrayH array; /* NULL: the dataset has them */
} attributes;

/* An attribute's numbers as text; "" where there is none. */
static void read_text(attributes from, const char *name, char out[64]) {
    out[0] = '\0';
    if (from.array == NULL) {
        const char *text = GDALGetMetadataItem(from.dataset, name, NULL);
        if (text != NULL) (void)snprintf(out, 64, "%s", text);
        return;
    }
    GDALAttributeH attribute = GDALMDArrayGetAttribute(from.array, name);
    if (attribute == NULL) return;
    size_t count = 0;
    double *numbers = GDALAttributeReadAsDoubleArray(attribute, &count);
    for (size_t i = 0; numbers != NULL && i < count && count <= MOST_NUMBERS; i++) {
        size_t length = strlen(out);
        (void)snprintf(out + length, 64 - length, "%s%.8g", i == 0 ? "" : ", ", numbers[i]);
    }
    CPLFree(numbers);
    GDALAttributeRelease(attribute);
}

static void add(char *out, const char *name, const char *value) {
    size_t length = strlen(out);
    (void)snprintf(out + length, WEFT_UNREAD_BYTES - length, "%s%s %s", length == 0 ? "" : ", ", name, value);
}

/* A scale of 1 and an offset of 0 change nothing. */
static void find_scaling(attributes from, GDALRasterBandH band, char *out) {
    char scale[64], offset[64];
    int has_scale = 0, has_offset = 0;
    double known = GDALGetRasterScale(band, &has_scale);
    double moved = GDALGetRasterOffset(band, &has_offset);
    if ((has_scale != 0 && known != 1) || (has_offset != 0 && moved != 0)) return;
    read_text(from, "scale_factor", scale);
    read_text(from, "add_offset", offset);
    if (scale[0] != '\0' && strtod(scale, NULL) != 1) add(out, "scale_factor", scale);
    if (offset[0] != '\0' && strtod(offset, NULL) != 0) add(out, "add_offset", offset);
}

/* A range of whole numbers leaves codes out; one of fractions is mostly that of the values that there are. */
static void find_missing(attributes from, GDALRasterBandH band, char *out) {
    static const char *const ranges[] = {"valid_range", "valid_min", "valid_max"};
    GDALDataType type = GDALGetRasterDataType(band);
    char text[64];
    int has = 0;
    double nodata = GDALGetRasterNoDataValue(band, &has);
    read_text(from, "missing_value", text);
    if (text[0] != '\0' && (has == 0 || (float)strtod(text, NULL) != (float)nodata)) add(out, "missing_value", text);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && type != GDT_Float32 && type != GDT_Float64; i++) {
        read_text(from, ranges[i], text);
        if (text[0] != '\0') add(out, ranges[i], text);
    }
}

void weft_unread_attributes_find(void *dataset, char scaling[WEFT_UNREAD_BYTES], char missing[WEFT_UNREAD_BYTES]) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    bool arrays = strncmp(name, "HDF5", 4) == 0;
    weft_array_view view = {0};
    scaling[0] = missing[0] = '\0';
    if ((!arrays && strncmp(name, "HDF4", 4) != 0) || (arrays && !weft_array_view_open(&view, dataset))) return;
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    attributes from = {dataset, view.array};
    CPLPushErrorHandler(CPLQuietErrorHandler);
    find_scaling(from, band, scaling);
    find_missing(from, band, missing);
    CPLPopErrorHandler();
    CPLErrorReset();
    if (arrays) weft_array_view_close(&view);
}
