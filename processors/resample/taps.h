/* Between the files of this folder only: which source pixels along one axis a cell takes, and with what weights.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_TAPS_H
#define WEFT_PROCESSORS_TAPS_H

#include "processors/resample/axis.h"

/* Weights of the pixels first .. first + count - 1. They sum to 1, but for `sum`, where they are covered lengths. */
typedef struct weft_taps {
    int64_t first;
    int32_t count; /* 0: the cell has no value */
    bool beyond;   /* interpolating kernels: a pixel that has weight lies beyond the edge */
} weft_taps;

/* Taps around a centre. `weights` has room for weft_axis_max_taps(). None when the centre is outside or NaN. */
weft_taps weft_taps_around(const weft_axis *axis, double centre, double *weights);

/* Taps of what lies between two positions, in either order, each pixel weighing the length that is covered of it; for
 * the kernels that weigh footprints. None where nothing is covered or a position is NaN. */
weft_taps weft_taps_between(const weft_axis *axis, double from, double to, double *weights);

/* The weight of a pixel that lies `offset` from the centre, before it is normalised; of an interpolating method. */
double weft_taps_weight(const weft_axis *axis, double offset);

#endif
