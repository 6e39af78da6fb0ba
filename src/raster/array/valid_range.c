/* SPDX-License-Identifier: MIT
 *
 * By the CF conventions (2.5.1) and the NetCDF user's guide (appendix A). The attributes are read as arrays' are, since
 * their texts in GDAL's metadata do not have all digits, and no type. */
#include "raster/array/valid_range.h"

#include "raster/array/array_view.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <string.h>

#define ROUNDING 1e-6 /* of a stored pixel: unpacked bounds are rounded */

/* Whether the dataset is NetCDF and says so. */
static bool is_declared(GDALDatasetH dataset) {
    static const char *const names[] = {"valid_range", "valid_min", "valid_max"};
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? NULL : GDALGetDriverShortName(driver);
    if (name == NULL || strcmp(name, "netCDF") != 0 || GDALGetRasterCount(dataset) == 0) return false;
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (GDALGetMetadataItem(band, names[i], NULL) != NULL) return true;
    return false;
}

/* --- the attributes --- */

/* False: there is no such attribute of `wanted` numbers. *real: they have a fraction's type. */
static bool read_numbers(GDALMDArrayH array, const char *name, size_t wanted, double *out, bool *real) {
    GDALAttributeH attribute = GDALMDArrayGetAttribute(array, name);
    size_t count = 0;
    if (attribute == NULL) return false;
    GDALExtendedDataTypeH type = GDALAttributeGetDataType(attribute);
    bool numeric = GDALExtendedDataTypeGetClass(type) == GEDTC_NUMERIC;
    GDALDataType number = numeric ? GDALExtendedDataTypeGetNumericDataType(type) : GDT_Unknown;
    double *numbers = numeric ? GDALAttributeReadAsDoubleArray(attribute, &count) : NULL;
    bool found = numbers != NULL && count == wanted;
    for (size_t i = 0; i < wanted && found; i++)
        out[i] = numbers[i];
    *real = number == GDT_Float32 || number == GDT_Float64;
    CPLFree(numbers);
    GDALExtendedDataTypeRelease(type);
    GDALAttributeRelease(attribute);
    return found;
}

/* A NetCDF's bytes are signed, also where _Unsigned says that they are not. */
static double as_unsigned(weft_data_type type, double value) {
    bool turned = value < 0 && !weft_data_type_is_float(type) && !weft_data_type_is_signed(type);
    return turned ? value + ldexp(1, 8 * (int)weft_data_type_size(type)) : value;
}

/* Whether bounds, of a fraction's type or not, are not of the pixels, which have none, but of what they mean. */
static bool is_packed(GDALRasterBandH band, weft_data_type type, bool real) {
    int has_scale = 0, has_offset = 0;
    (void)GDALGetRasterScale(band, &has_scale);
    (void)GDALGetRasterOffset(band, &has_offset);
    return real && !weft_data_type_is_float(type) && (has_scale != 0 || has_offset != 0);
}

static double as_stored(GDALRasterBandH band, weft_data_type type, double bound, bool real) {
    int has = 0;
    if (!is_packed(band, type, real)) return as_unsigned(type, bound);
    double scale = GDALGetRasterScale(band, &has);
    if (has == 0 || scale == 0) scale = 1;
    double offset = GDALGetRasterOffset(band, &has);
    return (bound - (has != 0 ? offset : 0)) / scale;
}

/* Bounds as pixels of the type can have them. */
static weft_valid_range round_to(weft_data_type type, weft_valid_range range) {
    if (type == WEFT_FLOAT32) return (weft_valid_range){(double)(float)range.low, (double)(float)range.high};
    if (type == WEFT_FLOAT64) return range;
    return (weft_valid_range){ceil(range.low - ROUNDING), floor(range.high + ROUNDING)};
}

weft_valid_range weft_valid_range_read(void *dataset, weft_data_type type) {
    const weft_valid_range all = {-INFINITY, INFINITY};
    weft_array_view view;
    double bounds[2] = {NAN, NAN};
    bool real[2] = {false, false};
    if (!is_declared(dataset) || !weft_array_view_open(&view, dataset)) return all;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (read_numbers(view.array, "valid_range", 2, bounds, &real[0])) {
        real[1] = real[0];
    } else {
        read_numbers(view.array, "valid_min", 1, &bounds[0], &real[0]);
        read_numbers(view.array, "valid_max", 1, &bounds[1], &real[1]);
    }
    CPLPopErrorHandler();
    CPLErrorReset();
    weft_array_view_close(&view);
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    for (int i = 0; i < 2; i++)
        bounds[i] = as_stored(band, type, bounds[i], real[i]);
    /* With a scale below 0 the least value is the largest pixel. */
    int has_scale = 0;
    bool turned = is_packed(band, type, real[0] || real[1]) && GDALGetRasterScale(band, &has_scale) < 0;
    double low = bounds[turned ? 1 : 0], high = bounds[turned ? 0 : 1];
    weft_valid_range range =
        round_to(type, (weft_valid_range){isnan(low) ? -INFINITY : low, isnan(high) ? INFINITY : high});
    return range.low <= range.high ? range : all;
}

/* --- what is missing --- */

int weft_valid_range_add(weft_value_range *missing, int count, weft_valid_range range, weft_data_type type) {
    bool real = weft_data_type_is_float(type), single = type == WEFT_FLOAT32;
    weft_value_range all = real ? (weft_value_range){-INFINITY, INFINITY} : weft_data_type_integers(type);
    if (range.low > all.low) {
        long double last = !real    ? (long double)range.low - 1
                           : single ? (long double)nextafterf((float)range.low, -INFINITY)
                                    : (long double)nextafter(range.low, -INFINITY);
        missing[count++] = (weft_value_range){all.low, last < all.high ? last : all.high};
    }
    if (range.high < all.high) {
        long double first = !real    ? (long double)range.high + 1
                            : single ? (long double)nextafterf((float)range.high, INFINITY)
                                     : (long double)nextafter(range.high, INFINITY);
        missing[count++] = (weft_value_range){first > all.low ? first : all.low, all.high};
    }
    return count;
}
