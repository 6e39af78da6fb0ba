/* SPDX-License-Identifier: MIT
 *
 * Finding the ranges needs care and no speed, marking needs speed: they share nothing but the ranges. */
#include "raster/info/missing_values.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- values that GDAL takes for equal ---
 *
 * GDAL's condition is |v - n| < 2 e |v + n|, with e of float32 for both types, computed in the band's type. Near n > 0
 * it holds from n (1 - 4e) to n (1 + 4e) or so. It holds too where v + n overflows to infinity: with n = FLT_MAX, for
 * all v from some 1e31 on. Such values are marked as GDAL marks them. With n in half the type's range or less there
 * is a gap between the two, hence up to two ranges. */

static double largest_of(weft_data_type type) {
    return type == WEFT_FLOAT32 ? (double)FLT_MAX : DBL_MAX;
}

static double to_type(weft_data_type type, double value) {
    return type == WEFT_FLOAT32 ? (double)(float)value : value;
}

static bool is_equal(weft_data_type type, double value, double nodata) {
    if (type == WEFT_FLOAT32) {
        float v = (float)value, n = (float)nodata;
        return v == n || fabsf(v - n) < FLT_EPSILON * fabsf(v + n) * 2;
    }
    return value == nodata || fabs(value - nodata) < (double)FLT_EPSILON * fabs(value + nodata) * 2;
}

/* Of the values of the type between `same`, which is equal to nodata, and `other`, which is not, the last that is
 * equal: halving finds it where all equal ones are on the side of `same`. */
static double last_equal(weft_data_type type, double nodata, double same, double other) {
    for (;;) {
        double middle = to_type(type, same + (other - same) / 2);
        if (middle == same || middle == other) return same;
        if (is_equal(type, middle, nodata))
            same = middle;
        else
            other = middle;
    }
}

/* The one or two ranges of values that are equal to a finite nodata > 0 of the type. Returns how many. */
static int ranges_above_zero(weft_data_type type, double nodata, weft_value_range out[2]) {
    double max = largest_of(type), beside = max;
    if (nodata < max / 2) beside = to_type(type, nodata * (1 + 8 * FLT_EPSILON));
    /* The smallest numbers have no neighbour as near as that. */
    if (beside == nodata)
        beside = type == WEFT_FLOAT32 ? (double)nextafterf((float)nodata, FLT_MAX) : nextafter(nodata, DBL_MAX);
    out[0] = (weft_value_range){last_equal(type, nodata, nodata, 0), beside};
    if (!is_equal(type, beside, nodata)) {
        out[0].high = last_equal(type, nodata, nodata, beside);
        if (is_equal(type, max, nodata)) {
            out[1] = (weft_value_range){last_equal(type, nodata, max, beside), max};
            return 2;
        }
    } else {
        out[0].high = max;
    }
    return 1;
}

static int ranges_of_float(weft_data_type type, double nodata, weft_value_range out[2]) {
    double value = to_type(type, nodata);
    /* What rounds to an infinity is a value that no pixel has: an infinity is a value of its own. */
    if (isnan(nodata) || (isinf(value) && !isinf(nodata))) return 0;
    if (value == 0 || isinf(value)) {
        out[0] = (weft_value_range){value, value};
        return 1;
    }
    int count = ranges_above_zero(type, fabs(value), out);
    for (int i = 0; i < count && value < 0; i++)
        out[i] = (weft_value_range){-out[i].high, -out[i].low};
    return count;
}

/* --- ranges of pixels --- */

static weft_pixel pixel_of(weft_data_type type, long double value) {
    weft_pixel out = {.real = (double)value};
    if (weft_data_type_is_float(type)) return out;
    if (weft_data_type_is_signed(type))
        out.integer = (int64_t)value;
    else
        out.unsigned_integer = (uint64_t)value;
    return out;
}

static weft_pixel_range *new_ranges(weft_band_info *band, int count) {
    weft_pixel_range *ranges = calloc((size_t)count, sizeof *ranges);
    band->missing = ranges;
    band->missing_count = 0;
    return ranges;
}

static void add_range(weft_band_info *band, weft_pixel_range *ranges, weft_value_range range) {
    ranges[band->missing_count++] =
        (weft_pixel_range){pixel_of(band->type, range.low), pixel_of(band->type, range.high)};
}

static void add_integers(weft_band_info *band, weft_pixel_range *ranges, weft_value_range range) {
    weft_value_range all = weft_data_type_integers(band->type);
    weft_value_range inside = {fmaxl(ceill(range.low), all.low), fminl(floorl(range.high), all.high)};
    if (inside.low <= inside.high) add_range(band, ranges, inside);
}

static void add_floats(weft_band_info *band, weft_pixel_range *ranges, weft_value_range range) {
    double low = (double)range.low, high = (double)range.high;
    weft_value_range found[2] = {{to_type(band->type, low), to_type(band->type, high)}};
    int count = range.low == range.high ? ranges_of_float(band->type, low, found) : 1;
    for (int i = 0; i < count; i++)
        add_range(band, ranges, found[i]);
}

bool weft_missing_values_set(weft_band_info *band, const weft_value_range *ranges, int count) {
    weft_pixel_range *missing = new_ranges(band, 2 * count);
    if (missing == NULL) return false;
    band->nodata_kind = WEFT_NODATA_VALUE;
    band->nodata = (double)ranges[0].low;
    band->nodata_unused = NAN;
    for (int i = 0; i < count; i++) {
        int before = band->missing_count;
        bool nan = isnan(ranges[i].low);
        if (nan && weft_data_type_is_float(band->type)) band->nodata_occurs = true;
        if (!nan && weft_data_type_is_float(band->type)) add_floats(band, missing, ranges[i]);
        if (!nan && !weft_data_type_is_float(band->type)) add_integers(band, missing, ranges[i]);
        if (band->missing_count == before && !nan) band->nodata_unused = (double)ranges[i].low;
    }
    band->nodata_occurs = band->nodata_occurs || band->missing_count > 0;
    return true;
}

/* A value that rounds to an infinity is one that no pixel has: the range is empty then. */
static void add_rounded(weft_band_info *band, weft_pixel_range *ranges, weft_value_range range) {
    weft_value_range rounded = {to_type(band->type, (double)range.low), to_type(band->type, (double)range.high)};
    bool beyond = range.low == range.high && isinf(rounded.low) && !isinf(range.low);
    if (rounded.low <= rounded.high && !beyond) add_range(band, ranges, rounded);
}

bool weft_missing_values_choose(weft_band_info *band, const weft_value_range *ranges, int count) {
    weft_pixel_range *missing = new_ranges(band, count);
    for (int i = 0; missing != NULL && i < count; i++) {
        if (isnan(ranges[i].low)) continue;
        if (weft_data_type_is_float(band->type))
            add_rounded(band, missing, ranges[i]);
        else
            add_integers(band, missing, ranges[i]);
    }
    return missing != NULL;
}

bool weft_missing_values_declare(weft_band_info *band, double nodata) {
    double value = nodata;
    if (!weft_data_type_is_float(band->type)) {
        weft_value_range all = weft_data_type_integers(band->type);
        if (nodata >= all.low && nodata <= all.high) value = trunc(nodata);
    }
    bool ok = weft_missing_values_set(band, &(weft_value_range){value, value}, 1);
    band->nodata = band->nodata_occurs && band->type == WEFT_FLOAT32 ? (double)(float)nodata : nodata;
    return ok;
}

bool weft_missing_values_declare_bits(weft_band_info *band, uint64_t nodata) {
    weft_pixel_range *missing = new_ranges(band, 1);
    weft_pixel pixel = {.unsigned_integer = nodata};
    if (missing == NULL) return false;
    if (weft_data_type_is_signed(band->type)) memcpy(&pixel.integer, &nodata, sizeof nodata);
    missing[0] = (weft_pixel_range){pixel, pixel};
    band->missing_count = 1;
    band->nodata_kind = WEFT_NODATA_VALUE;
    band->nodata = weft_data_type_is_signed(band->type) ? (double)pixel.integer : (double)nodata;
    band->nodata_unused = NAN;
    band->nodata_occurs = true;
    return true;
}

/* --- marking ---
 *
 * Most blocks miss nothing: they are looked through before a byte of the mask is touched. `found`: whether a range
 * before this one has marked something, and `valid` is written. */

#define DEFINE_MARK(name, type, is_missing)                                                                            \
    static bool any_##name(const type *values, type low, type high, int64_t count) {                                   \
        int missing = 0;                                                                                               \
        (void)high;                                                                                                    \
        for (int64_t i = 0; i < count; i++)                                                                            \
            missing |= (is_missing);                                                                                   \
        return missing != 0;                                                                                           \
    }                                                                                                                  \
    static bool mark_##name(const type *values, type low, type high, int64_t count, uint8_t *valid, bool found) {      \
        if (!any_##name(values, low, high, count)) return found;                                                       \
        if (!found) memset(valid, 1, (size_t)count);                                                                   \
        for (int64_t i = 0; i < count; i++)                                                                            \
            valid[i] &= (uint8_t) !(is_missing);                                                                       \
        return true;                                                                                                   \
    }
#define DEFINE_MARK_INTEGER(name, type)                                                                                \
    DEFINE_MARK(one_##name, type, values[i] == low)                                                                    \
    DEFINE_MARK(range_##name, type, (values[i] >= low) & (values[i] <= high))                                          \
    static bool mark_##name(const type *values, type low, type high, int64_t count, uint8_t *valid, bool found) {      \
        return low == high ? mark_one_##name(values, low, high, count, valid, found)                                   \
                           : mark_range_##name(values, low, high, count, valid, found);                                \
    }
/* NaN is neither below nor above, and so missing with every range; low > high: nothing else is. */
#define DEFINE_MARK_FLOAT(name, type) DEFINE_MARK(name, type, !((values[i] < low) | (values[i] > high)))
WEFT_FOR_EACH_INTEGER(DEFINE_MARK_INTEGER)
WEFT_FOR_EACH_FLOAT(DEFINE_MARK_FLOAT)

static bool mark_range(weft_data_type type, const void *values, weft_pixel_range range, int64_t count, uint8_t *valid,
                       bool found) {
    weft_pixel low = range.low, high = range.high;
#define MARK(name, type, member)                                                                                       \
    case name:                                                                                                         \
        return mark_##name(values, (type)low.member, (type)high.member, count, valid, found);
#define MARK_SIGNED(name, type)   MARK(name, type, integer)
#define MARK_UNSIGNED(name, type) MARK(name, type, unsigned_integer)
#define MARK_FLOAT(name, type)    MARK(name, type, real)
    switch (type) {
        WEFT_FOR_EACH_SIGNED(MARK_SIGNED) WEFT_FOR_EACH_UNSIGNED(MARK_UNSIGNED) WEFT_FOR_EACH_FLOAT(MARK_FLOAT)
    }
    return found;
}

bool weft_missing_values_mark(const weft_band_info *band, const void *values, int64_t count, uint8_t *valid) {
    static const weft_pixel_range nan_only = {{.real = INFINITY}, {.real = -INFINITY}};
    bool found = false;
    for (int i = 0; i < band->missing_count; i++)
        found = mark_range(band->type, values, band->missing[i], count, valid, found);
    if (band->missing_count == 0 && weft_data_type_is_float(band->type))
        found = mark_range(band->type, values, nan_only, count, valid, found);
    return found;
}
