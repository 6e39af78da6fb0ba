/* SPDX-License-Identifier: MIT
 *
 * Kernels as gdalwarp widens them: in source pixels while a cell is smaller than a pixel, in cells when it is larger.
 */
#include "processors/resample/axis.h"

/* Under this many cells a source pixel, on either axis, gdalwarp widens bilinear and cubic (weft_interpolation.narrow);
 * over it, it takes the neighbours as they are. */
#define NARROW_CELLS 0.95

/* How often a kernel is widened along an axis of scale `scale`. */
static double widening(const weft_resampler *resampler, const weft_interpolation *how, double scale) {
    bool narrow = 1 / resampler->scale_x >= NARROW_CELLS && 1 / resampler->scale_y >= NARROW_CELLS;
    if (narrow && how->narrow) return 1;
    return scale > 1 ? scale : 1;
}

static weft_axis make_axis(const weft_resampler *resampler, const weft_method *method, double scale, int64_t size) {
    const weft_interpolation *how = method->interpolation;
    weft_axis axis = {.how = how, .adds = method->adds, .per_pixel = 1, .size = size};
    if (how == NULL) return axis;
    double wide = widening(resampler, how, scale);
    axis.radius = how->support * wide;
    axis.per_pixel = 1 / wide;
    return axis;
}

weft_axis weft_axis_across(const weft_resampler *resampler, const weft_method *method) {
    weft_axis axis = make_axis(resampler, method, resampler->scale_x,
                               resampler->wrap_cols > 0 ? resampler->wrap_cols : resampler->source_cols);
    axis.wraps = resampler->wrap_cols > 0;
    return axis;
}

weft_axis weft_axis_down(const weft_resampler *resampler, const weft_method *method) {
    return make_axis(resampler, method, resampler->scale_y, resampler->source_rows);
}

int64_t weft_axis_max_taps(const weft_axis *axis, double longest) {
    double max = axis->how == NULL ? longest + 2 : 2 * axis->radius + 2;
    if (!(max < (double)axis->size + 4)) max = (double)axis->size + 4;
    return (int64_t)max;
}

int64_t weft_axis_table_doubles(const weft_axis *axis) {
    return axis->how == NULL || axis->how->table_doubles == NULL ? 0 : axis->how->table_doubles(axis);
}

void weft_axis_fill_table(weft_axis *axis, double *memory) {
    axis->how->fill_table(axis, memory);
    axis->table = memory;
}

double weft_axis_step(const weft_axis *axis, double from, double to) {
    return axis->wraps ? to - (double)axis->size * round((to - from) / (double)axis->size) : to;
}
