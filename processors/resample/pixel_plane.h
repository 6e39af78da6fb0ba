/* Between the files of this folder only: a patch's pixels as doubles, NaN where missing.
 *
 * Kernels then need neither types nor masks: a sum over a missing pixel is NaN. Such cells are few, and missing.h computes
 * them again.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PIXEL_PLANE_H
#define WEFT_PROCESSORS_PIXEL_PLANE_H

#include "processors/resample/method.h"

/* How many doubles past a plane's last pixel may be read; their values do not matter. */
#define WEFT_PIXEL_PLANE_SLACK 4

/* A rectangle of source pixels; columns as in the patch. */
struct weft_pixel_plane {
    weft_window window;
    const double *values; /* window.rows * window.cols, and the slack */
    int64_t wrap_cols;
};

/* Fills `values` (window.rows * window.cols doubles) from a patch; squared where `square` asks for it. 64-bit integers
 * are rounded to the nearest double. */
void weft_pixel_plane_fill(const weft_patch *patch, bool square, double *values);

/* Makes a plane of a part of the patch. Where the source wraps, the part's columns may differ from the patch's by
 * wrap_cols. */
weft_pixel_plane weft_pixel_plane_cut(const weft_patch *patch, int64_t wrap_cols, weft_window part, bool square,
                                      double *values);

/* The index in a window of source column `col`. Where the source wraps, `col` may be wrap_cols away. */
static inline int64_t weft_column_in(weft_window window, int64_t wrap_cols, int64_t col) {
    int64_t at = col - window.col;
    if (at < 0) return at + wrap_cols;
    return at >= window.cols ? at - wrap_cols : at;
}

static inline int64_t weft_pixel_plane_column(const weft_pixel_plane *plane, int64_t col) {
    return weft_column_in(plane->window, plane->wrap_cols, col);
}

/* The index in a window of source column `first`, if `count` columns from there are side by side in the window; else -1.
 */
static inline int64_t weft_span_in(weft_window window, int64_t wrap_cols, int64_t first, int64_t count) {
    int64_t at = first - window.col;
    if (at < 0) at += wrap_cols;
    if (at + count > window.cols) at -= wrap_cols;
    return at >= 0 && at + count <= window.cols ? at : -1;
}

#endif
