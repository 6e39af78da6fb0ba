/* SPDX-License-Identifier: MIT */
#include "processors/resample/pixel_class.h"

#include "core/multiversion.h"

#include <float.h>
#include <math.h>

/* A declared value is that of an integer pixel when it lies so near, in steps of the scale. Files have scales that were
 * rounded to float32, by 6e-8 of themselves: of the largest pixel of 16 bits that is 0.002 of a step. */
#define NEAR 0.01L
/* What unscaling and rounding take of a float64, in parts of it. */
#define ROUNDING (4 * (long double)DBL_EPSILON)

static const weft_value_range none = {1, 0};

static weft_value_range class_of_integers(weft_data_type type, long double raw, bool scaled) {
    weft_value_range all = weft_data_type_integers(type);
    long double whole = roundl(raw);
    if (!(fabsl(whole - raw) <= (scaled ? NEAR : 0)) || whole < all.low || whole > all.high) return none;
    return (weft_value_range){whole, whole};
}

static long double rounded(weft_data_type type, long double value) {
    return type == WEFT_FLOAT32 ? (long double)(float)value : (long double)(double)value;
}

/* A value that rounds to an infinity is one that no pixel has. */
static weft_value_range class_of_floats(weft_data_type type, long double raw, bool scaled) {
    long double slack = scaled ? ROUNDING * fabsl(raw) : 0;
    weft_value_range out = {rounded(type, raw - slack), rounded(type, raw + slack)};
    return isfinite(out.low) && isfinite(out.high) ? out : none;
}

weft_value_range weft_pixel_class(weft_data_type type, double scale, double offset, long double value) {
    bool scaled = scale != 1 || offset != 0;
    long double raw = scaled ? (value - (long double)offset) / (long double)scale : value;
    return weft_data_type_is_float(type) ? class_of_floats(type, raw, scaled) : class_of_integers(type, raw, scaled);
}

#define COMPARE(name, type)                                                                                            \
    case name: {                                                                                                       \
        const type *from = patch->values, low = (type) class.low, high = (type) class.high;                            \
        for (int64_t i = 0; i < count; i++)                                                                            \
            values[i] = from[i] >= low && from[i] <= high ? 1 : from[i] == from[i] ? 0 : NAN;                          \
        break;                                                                                                         \
    }

WEFT_MULTIVERSION static void compare(const weft_patch *patch, weft_value_range class, int64_t count,
                                      double *restrict values) {
    switch (patch->type) { WEFT_FOR_EACH_TYPE(COMPARE) }
}

void weft_pixel_class_fill(const weft_patch *patch, weft_value_range class, double *values) {
    int64_t count = patch->window.cols * patch->window.rows;
    compare(patch, class, count, values);
    for (int64_t i = 0; patch->valid != NULL && i < count; i++)
        values[i] = patch->valid[i] != 0 ? values[i] : NAN;
}
