/* Between the files of this folder only: bilinear, cubic, cubicspline and lanczos where every cell has a place of its
 * own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_INTERPOLATING_KERNEL_H
#define WEFT_PROCESSORS_INTERPOLATING_KERNEL_H

#include "processors/resample/pixel_plane.h"

/* Doubles of scratch. */
int64_t weft_interpolating_scratch(const weft_resampler *resampler);

/* Pixels past the plane's last that are read, and count for nothing. */
#define WEFT_INTERPOLATING_SLACK 4

/* Row `row` of the band into out[positions->cols], NaN where missing. The plane is followed by
 * WEFT_INTERPOLATING_SLACK doubles. */
void weft_interpolating_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                            const weft_positions *positions, int64_t row, double *scratch, double *out);

#endif
