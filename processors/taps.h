/* Between the files of this folder only: which source pixels along one axis a cell takes, and with what weights.
 *
 * The same taps serve cells one by one and whole rows at once; a cell's value is the sum over rows of taps of the sums
 * over columns of taps, in that order, so both ways give the same bits.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TAPS_H
#define WEFT_PROCESSORS_TAPS_H

#include "processors/resampler.h"

/* Weights of the pixels first .. first + count - 1. They sum to 1, but for `sum`, where they are covered lengths. */
typedef struct weft_taps {
    int64_t first;
    int32_t count; /* 0: the cell has no value */
    bool beyond;   /* interpolating kernels: a pixel that has weight lies beyond the edge */
} weft_taps;

/* One axis of a source: its pixels, the kernel's widening, and whether it goes round. */
typedef struct weft_axis {
    weft_kernel kernel; /* bilinear where another kernel falls back to it */
    double radius;      /* of the kernel, widened; interpolating kernels */
    double per_pixel;   /* kernel units a source pixel: 1 over the widening */
    int64_t size;       /* pixels */
    bool wraps;
    double turn[4]; /* lanczos: sine and cosine of a pixel's step, of the fast wave and of the slow one */
} weft_axis;

/* Weights of the two neighbours of a point that lies `share` of the way from the first to the second. */
static inline void weft_taps_linear(double share, double weights[2]) {
    weights[0] = 1 - share;
    weights[1] = share;
}

/* Keys' weights (a = -0.5) of the four neighbours of a point that lies `share` of the way from the second to the third.
 */
static inline void weft_taps_cubic(double share, double weights[4]) {
    weights[0] = share * (-0.5 + share * (1 - 0.5 * share));
    weights[1] = 1 + share * share * (-2.5 + 1.5 * share);
    weights[2] = share * (0.5 + share * (2 - 1.5 * share));
    weights[3] = share * share * (-0.5 + 0.5 * share);
}

/* How many neighbours a kernel of its own size takes by the functions above: 2, 4, or 0 where it does not. */
static inline int weft_axis_neighbours(const weft_axis *axis) {
    if (axis->per_pixel != 1) return 0;
    return axis->kernel == WEFT_KERNEL_BILINEAR ? 2 : axis->kernel == WEFT_KERNEL_CUBIC ? 4 : 0;
}

weft_axis weft_axis_across(const weft_resampler *resampler, weft_kernel kernel);
weft_axis weft_axis_down(const weft_resampler *resampler, weft_kernel kernel);

/* The most taps that a cell can have on an axis. For footprints: that of an interval as long as `longest`. */
int64_t weft_axis_most_taps(const weft_axis *axis, double longest);

/* `to`, or where it is a turn away from there, as near to `from` as it comes. */
double weft_axis_step(const weft_axis *axis, double from, double to);

/* Taps around a centre. `weights` has room for weft_axis_most_taps(). None when the centre is outside or NaN. */
weft_taps weft_taps_around(const weft_axis *axis, double centre, double *weights);

/* Taps of what lies between two positions, in either order, each pixel weighing the length that is covered of it; for
 * the kernels that weigh footprints. None where nothing is covered or a position is NaN. */
weft_taps weft_taps_between(const weft_axis *axis, double from, double to, double *weights);

/* A kernel at distance x, in pixels before widening: for pictures and tests. */
double weft_taps_kernel(weft_kernel kernel, double x);

#endif
