/* Between the files of this folder only: the kernels, one set for each pixel type.
 *
 * Each fills `out` with n cells as doubles, NaN where missing, from a patch that holds all they need. Sums run over
 * rows of source pixels, then columns, so a cell's value depends on its position and its pixels alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_KERNELS_H
#define WEFT_PROCESSORS_KERNELS_H

#include "processors/resampler.h"

/* What nearest adds to a position before it drops the fraction, so that a position on a pixel's edge, up to rounding,
 * is that pixel's. gdalwarp adds the same. */
#define WEFT_EDGE_ROUNDING 1e-10

typedef struct weft_kernels {
    /* Keeps the type: values and, for integers, mask bytes go straight into `out`. */
    void (*nearest)(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                    weft_values out);
    /* The pixel under the centre. */
    void (*point)(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                  int64_t first, int64_t n, double *out);
    /* The four neighbours. */
    void (*bilinear)(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                     int64_t first, int64_t n, double *out);
    /* All pixels within the triangle's reach, widened by the scale. */
    void (*wide_bilinear)(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                          int64_t first, int64_t n, double *out);
    /* The footprint's pixels by the area it covers of each. */
    void (*average)(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                    int64_t first, int64_t n, double *out);
} weft_kernels;

const weft_kernels *weft_kernels_for(weft_data_type type);

/* The widening of the bilinear triangle along an axis: source pixels from its peak to its foot. */
double weft_kernels_bilinear_radius(double scale);

/* Whether bilinear takes the four neighbours: gdalwarp's rule, which widens only under 0.95 cells a source pixel. */
bool weft_kernels_bilinear_is_narrow(const weft_resampler *resampler);

/* Which patch column holds source column `col`, which may lie a turn away where the source wraps. */
static inline int64_t weft_patch_column(const weft_patch *patch, int64_t col, int64_t wrap_cols) {
    int64_t at = col - patch->window.col;
    if (at < 0) return at + wrap_cols;
    return at >= patch->window.cols ? at - wrap_cols : at;
}

#endif
