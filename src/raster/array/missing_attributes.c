/* SPDX-License-Identifier: MIT
 *
 * By the CF conventions (1.10, chapter 2.5.1) _FillValue and missing_value may differ, and missing_value may be a list. */
#include "raster/array/missing_attributes.h"

#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A NetCDF's bytes are signed, also where _Unsigned says that they are not. */
static long double as_unsigned(weft_data_type type, long double value) {
    bool turned = value < 0 && !weft_data_type_is_float(type) && !weft_data_type_is_signed(type);
    return turned ? value + ldexpl(1, 8 * (int)weft_data_type_size(type)) : value;
}

/* Values of Float32 are compared as they are rounded. */
static bool is_same(weft_data_type type, long double a, long double b) {
    return type == WEFT_FLOAT32 ? (float)a == (float)b : a == b;
}

static int add(weft_value_range *values, int count, weft_data_type type, long double value) {
    for (int i = 0; i < count; i++)
        if (is_same(type, values[i].low, value) || (isnan(values[i].low) && isnan(value))) return count;
    if (count < WEFT_MISSING_ATTRIBUTES_MOST) values[count++] = (weft_value_range){value, value};
    return count;
}

/* GDAL writes a list as "{3,20}". */
static int add_list(weft_value_range *values, int count, const char *text, weft_data_type type) {
    while (text != NULL && *text != '\0') {
        char *end;
        text += strspn(text, "{, ");
        long double value = strtold(text, &end);
        if (end == text) break;
        count = add(values, count, type, as_unsigned(type, value));
        text = end;
    }
    return count;
}

int weft_missing_attributes_add(weft_value_range values[WEFT_MISSING_ATTRIBUTES_MOST], int count, void *dataset,
                                void *band, weft_data_type type) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? NULL : GDALGetDriverShortName(driver);
    if (name == NULL || strcmp(name, "netCDF") != 0) return count;
    count = add_list(values, count, GDALGetMetadataItem(band, "_FillValue", NULL), type);
    return add_list(values, count, GDALGetMetadataItem(band, "missing_value", NULL), type);
}
