/* Between the files of this folder only: the weights of a cell's taps along an axis, in loops that vectorise.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_AXIS_WEIGHTS_H
#define WEFT_PROCESSORS_AXIS_WEIGHTS_H

#include "processors/resample/axis.h"
#include "processors/resample/kernel_weights.h"

/* Weights under this are what rounding leaves of a kernel's zeros. */
#define WEFT_WEIGHT_ROUNDING 1e-12

/* sinc(x) sinc(x / 3) = 3 sin(pi x) sin(pi x / 3) / (pi x)^2; the sines of a sum of angles, so that a cell needs the
 * sines of its first tap alone. */
WEFT_INLINE void weft_axis_lanczos(const weft_axis *axis, double offset, int64_t count, double *restrict weights) {
    int64_t most = weft_axis_turns(axis) / 4;
    const double *restrict fast_cos = axis->turns, *restrict fast_sin = fast_cos + most;
    const double *restrict slow_cos = fast_sin + most, *restrict slow_sin = slow_cos + most;
    double pixel = axis->per_pixel;
    weft_waves first = weft_waves_at(offset * pixel);
    for (int64_t i = 0; i < count; i++) {
        double x = (offset + (double)i) * pixel, y = WEFT_PI * x;
        double fast = first.fast_sin * fast_cos[i] + first.fast_cos * fast_sin[i];
        double slow = first.slow_sin * slow_cos[i] + first.slow_cos * slow_sin[i];
        double weight = 3 * fast * slow / (y * y);
        weight = fabs(x) < 3 ? weight : 0;
        weights[i] = fabs(x) < 1e-4 ? weft_lanczos3_near_zero(x) : weight;
    }
}

/* Weights of `count` taps, the first of which lies `offset` pixels from the centre. A loop a kernel: nothing is decided
 * within. */
WEFT_INLINE void weft_axis_weights(const weft_axis *axis, double offset, int64_t count, double *restrict weights) {
    double pixel = axis->per_pixel;
    switch (axis->kernel) {
    case WEFT_KERNEL_CUBIC:
        for (int64_t i = 0; i < count; i++)
            weights[i] = weft_keys_cubic((offset + (double)i) * pixel);
        break;
    case WEFT_KERNEL_CUBICSPLINE:
        for (int64_t i = 0; i < count; i++)
            weights[i] = weft_cubic_bspline((offset + (double)i) * pixel);
        break;
    case WEFT_KERNEL_LANCZOS:
        if (axis->turns != NULL) {
            weft_axis_lanczos(axis, offset, count, weights);
            break;
        }
        for (int64_t i = 0; i < count; i++)
            weights[i] = weft_lanczos3((offset + (double)i) * pixel);
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            weights[i] = weft_triangle((offset + (double)i) * pixel);
        break;
    }
}

#endif
