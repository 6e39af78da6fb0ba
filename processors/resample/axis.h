/* Between the files of this folder only: one axis of a source as a kernel sees it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_AXIS_H
#define WEFT_PROCESSORS_AXIS_H

#include "processors/resample/method.h"

#include <math.h>

/* Moves a corner or side that is within 1e-9 of a pixel's edge onto that edge. Otherwise rounding would leave a sliver of
 * the neighbouring pixel, which min, max or a missing pixel would show. Neighbouring cells move their common corners alike.
 * Doubles over 2^52 have no fraction, so adding and subtracting 1.5 * 2^52 rounds without a function call. */
static inline double weft_on_edge(double position) {
    double edge = (position + 0x1.8p52) - 0x1.8p52;
    return fabs(position - edge) <= 1e-9 ? edge : position;
}

/* One axis of a source: its pixels, the kernel's widening, and whether it wraps. */
struct weft_axis {
    const weft_interpolation *how; /* NULL: pixels weigh what a footprint covers of them */
    bool adds;                     /* then they weigh the lengths that are covered, and not shares of 1 */
    double radius;                 /* of the kernel, widened; 0 of footprints */
    double per_pixel;              /* kernel units a source pixel: 1 over the widening */
    int64_t size;                  /* pixels */
    bool wraps;
    const double *table; /* weft_axis_fill_table(); NULL: none is made, and weights take longer */
};

weft_axis weft_axis_across(const weft_resampler *resampler, const weft_method *method);
weft_axis weft_axis_down(const weft_resampler *resampler, const weft_method *method);

/* The most taps that a cell can have on an axis. For footprints: those of an interval of length `longest`. */
int64_t weft_axis_max_taps(const weft_axis *axis, double longest);

/* How many taps hold the complete kernel, wherever the centre lies between pixels, and the first of them. A kernel that is
 * wider than the source has one more than that has pixels: a cell may be as wide as a million sources. */
static inline int64_t weft_axis_all_taps(const weft_axis *axis) {
    return (int64_t)fmin(ceil(2 * axis->radius), (double)axis->size + 1);
}

static inline double weft_axis_first_tap(const weft_axis *axis, double centre) {
    return floor(centre - 0.5 - axis->radius) + 1;
}

/* The table of weft_interpolation: how many doubles it has (0: there is none), and a function that fills it. The axis
 * borrows `memory`. */
int64_t weft_axis_table_doubles(const weft_axis *axis);
void weft_axis_fill_table(weft_axis *axis, double *memory);

/* `to`, or where the axis wraps, `to` plus the multiple of its size that brings it nearest to `from`. */
double weft_axis_step(const weft_axis *axis, double from, double to);

#endif
