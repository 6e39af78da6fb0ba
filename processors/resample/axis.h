/* Between the files of this folder only: one axis of a source as a kernel sees it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_AXIS_H
#define WEFT_PROCESSORS_AXIS_H

#include "processors/resample/method.h"

#include <math.h>

/* A corner or side within 1e-9 of a pixel's edge lies on it: what rounding leaves between them is no part of a pixel,
 * which min, max or a hole would show. Neighbouring cells move their common corners alike. Doubles over 2^52 have no
 * fraction, so adding and taking away 1.5 * 2^52 rounds, without a call. */
static inline double weft_on_edge(double position) {
    double edge = (position + 0x1.8p52) - 0x1.8p52;
    return fabs(position - edge) <= 1e-9 ? edge : position;
}

/* One axis of a source: its pixels, the kernel's widening, and whether it goes round. */
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

/* The most taps that a cell can have on an axis. For footprints: that of an interval as long as `longest`. */
int64_t weft_axis_max_taps(const weft_axis *axis, double longest);

/* How many taps hold a centre's whole kernel wherever it lies between pixels, and the first of them. */
static inline int64_t weft_axis_all_taps(const weft_axis *axis) {
    return (int64_t)ceil(2 * axis->radius);
}

static inline double weft_axis_first_tap(const weft_axis *axis, double centre) {
    return floor(centre - 0.5 - axis->radius) + 1;
}

/* Numbers that all cells share (weft_interpolation): memory for that many doubles, 0 where there are none, is borrowed
 * by the axis. */
int64_t weft_axis_table_doubles(const weft_axis *axis);
void weft_axis_fill_table(weft_axis *axis, double *memory);

/* `to`, or where it is a turn away from there, as near to `from` as it comes. */
double weft_axis_step(const weft_axis *axis, double from, double to);

#endif
