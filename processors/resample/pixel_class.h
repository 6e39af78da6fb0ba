/* Which pixels are of a class.
 *
 * A class is declared as a number, and a pixel has a type: 0.1 is no Float32, and 0.3 is the integer 3 where the scale is
 * 0.1. So the declared number is brought to the stored pixels once, and pixels are compared as they are stored.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PIXEL_CLASS_H
#define WEFT_PROCESSORS_PIXEL_CLASS_H

#include "processors/resample/kernel.h"

/* The stored pixels of `type` whose value, raw * scale + offset, is `value`: from low to high, in numbers that the type
 * has; low > high: there are none. */
weft_value_range weft_pixel_class(weft_data_type type, double scale, double offset, long double value);

/* Fills `values` (one of each pixel of the patch): 1 where it is of the class, 0 where it is not, NaN where it is
 * missing. */
void weft_pixel_class_fill(const weft_patch *patch, weft_value_range class, double *values);

#endif
