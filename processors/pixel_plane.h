/* Between the files of this folder only: a patch's pixels as doubles, NaN where missing.
 *
 * Kernels then need neither types nor masks: a sum that meets a missing pixel is NaN, and such cells, few as a rule,
 * are looked at again with care.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PIXEL_PLANE_H
#define WEFT_PROCESSORS_PIXEL_PLANE_H

#include "processors/resampler.h"

#include <math.h>

/* A rectangle of source pixels; columns as in the patch. */
typedef struct weft_pixel_plane {
    weft_window window;
    const double *values; /* window.rows * window.cols */
    int64_t wrap_cols;
} weft_pixel_plane;

/* Fills `values` (window.rows * window.cols doubles) from a patch; squared where `square` asks for it. 64-bit integers
 * are rounded to the nearest double. */
void weft_pixel_plane_fill(const weft_patch *patch, bool square, double *values);

/* Which column of the plane holds source column `col`, which may lie a turn away where the source wraps. */
static inline int64_t weft_pixel_plane_column(const weft_pixel_plane *plane, int64_t col) {
    int64_t at = col - plane->window.col;
    if (at < 0) return at + plane->wrap_cols;
    return at >= plane->window.cols ? at - plane->wrap_cols : at;
}

#endif
