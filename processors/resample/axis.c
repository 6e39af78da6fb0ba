/* SPDX-License-Identifier: MIT
 *
 * Kernels as gdalwarp widens them: in source pixels while a cell is smaller than a pixel, in cells when it is larger.
 */
#include "processors/resample/axis.h"

#include "processors/resample/kernel_weights.h"

/* Under this many cells a source pixel, on either axis, gdalwarp widens bilinear and cubic; over it, it takes the
 * neighbours as they are. */
#define NARROW_CELLS 0.95

static double support(weft_kernel kernel) {
    switch (kernel) {
    case WEFT_KERNEL_CUBIC:
    case WEFT_KERNEL_CUBICSPLINE:
        return 2;
    case WEFT_KERNEL_LANCZOS:
        return 3;
    default:
        return 1;
    }
}

/* How often a kernel is widened along an axis of scale `scale`. */
static double widening(const weft_resampler *resampler, weft_kernel kernel, double scale) {
    bool narrow = 1 / resampler->scale_x >= NARROW_CELLS && 1 / resampler->scale_y >= NARROW_CELLS;
    if (narrow && (kernel == WEFT_KERNEL_BILINEAR || kernel == WEFT_KERNEL_CUBIC)) return 1;
    return scale > 1 ? scale : 1;
}

static weft_axis make_axis(const weft_resampler *resampler, weft_kernel kernel, double scale, int64_t size) {
    double wide = widening(resampler, kernel, scale);
    return (weft_axis){.kernel = kernel, .radius = support(kernel) * wide, .per_pixel = 1 / wide, .size = size};
}

weft_axis weft_axis_across(const weft_resampler *resampler, weft_kernel kernel) {
    weft_axis axis = make_axis(resampler, kernel, resampler->scale_x,
                               resampler->wrap_cols > 0 ? resampler->wrap_cols : resampler->source_cols);
    axis.wraps = resampler->wrap_cols > 0;
    return axis;
}

weft_axis weft_axis_down(const weft_resampler *resampler, weft_kernel kernel) {
    return make_axis(resampler, kernel, resampler->scale_y, resampler->source_rows);
}

int64_t weft_axis_most_taps(const weft_axis *axis, double longest) {
    double most = axis->kernel >= WEFT_KERNEL_AVERAGE ? longest + 2 : 2 * axis->radius + 2;
    if (!(most < (double)axis->size + 4)) most = (double)axis->size + 4;
    return (int64_t)most;
}

int64_t weft_axis_turns(const weft_axis *axis) {
    return axis->kernel == WEFT_KERNEL_LANCZOS ? 4 * ((int64_t)(2 * axis->radius) + 8) : 0;
}

void weft_axis_fill_turns(weft_axis *axis, double *memory) {
    int64_t count = weft_axis_turns(axis) / 4;
    for (int64_t i = 0; i < count; i++) {
        double angle = WEFT_PI * (double)i * axis->per_pixel;
        memory[i] = cos(angle);
        memory[count + i] = sin(angle);
        memory[2 * count + i] = cos(angle / 3);
        memory[3 * count + i] = sin(angle / 3);
    }
    axis->turns = memory;
}

double weft_axis_step(const weft_axis *axis, double from, double to) {
    return axis->wraps ? to - (double)axis->size * round((to - from) / (double)axis->size) : to;
}
