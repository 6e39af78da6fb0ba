/* Between the files of this folder only: which pixel lies under a centre.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_NEAREST_KERNEL_H
#define WEFT_PROCESSORS_NEAREST_KERNEL_H

#include "processors/resample/kernel.h"

/* What is added to a position before its fraction is dropped, so that a position on a pixel's edge, up to rounding, is
 * that pixel's. gdalwarp adds the same. */
#define WEFT_EDGE_ROUNDING 1e-10

/* The pixel under a position on an axis of `size` pixels, or -1 where it is outside or NaN. */
static inline int64_t weft_pixel_under(double position, int64_t size) {
    if (!(position >= 0 && position < (double)size)) return -1;
    int64_t at = (int64_t)(position + WEFT_EDGE_ROUNDING);
    return at < size ? at : size - 1;
}

/* The source column and row under a centre, or -1: for every kernel that asks what lies there. */
static inline int64_t weft_column_under(const weft_resampler *resampler, double u) {
    return weft_pixel_under(u, resampler->wrap_cols > 0 ? resampler->wrap_cols : resampler->source_cols);
}

static inline int64_t weft_row_under(const weft_resampler *resampler, double v) {
    return weft_pixel_under(v, resampler->source_rows);
}

#endif
