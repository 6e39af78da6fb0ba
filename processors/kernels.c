/* The kernels, compiled once for each pixel type: inner loops know their type, and no pixel is converted before it is
 * used.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/kernels.h"

#include "processors/footprint.h"

#include <math.h>

/* Under this many cells a source pixel, on either axis, gdalwarp widens bilinear; over it, it takes four neighbours. */
#define NARROW_CELLS 0.95

double weft_kernels_bilinear_radius(double scale) {
    return scale > 1 ? scale : 1;
}

bool weft_kernels_bilinear_is_narrow(const weft_resampler *resampler) {
    return 1 / resampler->scale_x >= NARROW_CELLS && 1 / resampler->scale_y >= NARROW_CELLS;
}

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define NAME(x)      PASTE(x##_, SUFFIX)

#define IS_FLOAT 0
#define MISSING  0
#define PIXEL    int8_t
#define SUFFIX   int8
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  uint8_t
#define SUFFIX uint8
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  int16_t
#define SUFFIX int16
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  uint16_t
#define SUFFIX uint16
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  int32_t
#define SUFFIX int32
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  uint32_t
#define SUFFIX uint32
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  int64_t
#define SUFFIX int64
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  uint64_t
#define SUFFIX uint64
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#undef IS_FLOAT
#undef MISSING
#define IS_FLOAT 1
#define MISSING  NAN
#define PIXEL    float
#define SUFFIX   float32
#include "processors/kernels_of_type.inc"
#undef PIXEL
#undef SUFFIX
#define PIXEL  double
#define SUFFIX float64
#include "processors/kernels_of_type.inc"

const weft_kernels *weft_kernels_for(weft_data_type type) {
    static const weft_kernels *const all[] = {
        [WEFT_INT8] = &kernels_int8,       [WEFT_UINT8] = &kernels_uint8,   [WEFT_INT16] = &kernels_int16,
        [WEFT_UINT16] = &kernels_uint16,   [WEFT_INT32] = &kernels_int32,   [WEFT_UINT32] = &kernels_uint32,
        [WEFT_INT64] = &kernels_int64,     [WEFT_UINT64] = &kernels_uint64, [WEFT_FLOAT32] = &kernels_float32,
        [WEFT_FLOAT64] = &kernels_float64,
    };
    return all[type];
}
