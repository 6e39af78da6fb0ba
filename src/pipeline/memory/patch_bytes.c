/* Follows weft_resampler_scratch_bytes(), without positions: those are not known while a run is planned.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/memory/patch_bytes.h"

#include "processors/lattice/lattice_types.h"
#include "processors/resample/method.h"

#include <math.h>

#define MAX          1e15
#define DOUBLE_BYTES 8
#define KERNEL_BYTES 40   /* for each column of a patch or of a band: taps, a row of values */
#define FIXED_BYTES  4096 /* of kernels, and a page that is begun */

/* Pixel, mask, and planes of doubles. */
static double pixel_bytes(const weft_resampler *resampler, bool separable) {
    bool scaled = resampler->value_scale != 1 || resampler->value_offset != 0;
    bool plane = resampler->min_coverage > 0 || resampler->method->kernel->takes_plane(resampler, separable);
    return (double)weft_data_type_size(resampler->source_type) + 1 + (plane + scaled) * DOUBLE_BYTES;
}

/* Pixels along an axis under one cell: the kernel's reach to both sides, or a footprint, turned if it may be. */
static double cell_pixels(const weft_resampler *resampler, bool separable, double scale, int64_t reach) {
    if (!weft_method_needs_corners(resampler->method)) return 2 * (double)reach + 3;
    return separable ? scale + 3 : 2 * scale + 3;
}

/* What a kernel has for the pixels of a cell, one cell after the other. */
static double of_a_cell(const weft_resampler *resampler, bool separable, double pixels) {
    const weft_kernel *kernel = resampler->method->kernel;
    if (resampler->min_coverage > 0) return FIXED_BYTES + (double)sizeof(weft_sample) * pixels;
    return FIXED_BYTES + (separable ? kernel->separable_pixel_bytes : kernel->pixel_bytes) * pixels;
}

/* What tells of the coverage of a band's cells. */
static double coverage_bytes(const weft_resampler *resampler, int64_t band_cols) {
    return resampler->min_coverage > 0 ? (double)DOUBLE_BYTES * WEFT_LATTICE_CELL * (double)band_cols : 0;
}

static int64_t whole(double bytes) {
    return (int64_t)fmin(bytes, MAX);
}

int64_t weft_patch_bytes(const weft_resampler *resampler, bool separable, weft_window pixels, int64_t band_cols) {
    int64_t support_x, support_y;
    weft_resampler_support(resampler, &support_x, &support_y);
    double count = (double)pixels.cols * (double)pixels.rows;
    double cell = cell_pixels(resampler, separable, resampler->scale_x, support_x) *
                  cell_pixels(resampler, separable, resampler->scale_y, support_y);
    return whole(count * pixel_bytes(resampler, separable) + of_a_cell(resampler, separable, fmin(cell, count)) +
                 KERNEL_BYTES * (double)(pixels.cols + band_cols) + coverage_bytes(resampler, band_cols));
}

/* No more than there are, or, where the source wraps, than a turn and a turn's reach to both sides. */
int64_t weft_patch_cell_bytes(const weft_resampler *resampler, bool separable) {
    int64_t support_x, support_y, wrap = resampler->wrap_cols;
    weft_resampler_support(resampler, &support_x, &support_y);
    double cols = fmin(cell_pixels(resampler, separable, resampler->scale_x, support_x),
                       (double)(wrap > 0 ? 3 * wrap + 2 : resampler->source_cols));
    double rows =
        fmin(cell_pixels(resampler, separable, resampler->scale_y, support_y), (double)resampler->source_rows);
    double kernel = of_a_cell(resampler, separable, cols * rows);
    return whole(cols * rows * pixel_bytes(resampler, separable) + kernel + KERNEL_BYTES * (cols + rows + 1) +
                 FIXED_BYTES);
}
