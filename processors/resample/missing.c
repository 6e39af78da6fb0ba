/* SPDX-License-Identifier: MIT
 *
 * Slow and plain: few cells come here. */
#include "processors/resample/missing.h"

#include "processors/resample/methods.h"
#include "processors/resample/nearest_kernel.h"

#include <math.h>

static bool has_lobes(const weft_method *method) {
    return method->interpolation != NULL && method->interpolation->lobes;
}

double weft_value_under(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v) {
    int64_t col = weft_column_under(resampler, u), row = weft_row_under(resampler, v);
    if (col < 0 || row < 0) return NAN;
    return plane->values[(row - plane->window.row) * plane->window.cols + weft_pixel_plane_column(plane, col)];
}

double weft_weigh_present(const weft_resampler *resampler, const weft_pixel_plane *plane, weft_taps across,
                          const double *weights_u, weft_taps down, const double *weights_v) {
    double sum = 0, weights = 0;
    for (int32_t j = 0; j < down.count; j++) {
        const double *pixels = plane->values + (down.first + j - plane->window.row) * plane->window.cols;
        double row_sum = 0, row_weights = 0;
        for (int32_t i = 0; i < across.count; i++) {
            double value = pixels[weft_pixel_plane_column(plane, across.first + i)];
            if (weights_u[i] == 0 || isnan(value)) continue;
            row_sum += weights_u[i] * value;
            row_weights += weights_u[i];
        }
        if (weights_v[j] == 0) continue;
        sum += weights_v[j] * row_sum;
        weights += weights_v[j] * row_weights;
    }
    if (!(weights > 0)) return NAN;
    return resampler->method->adds ? sum : sum / weights;
}

/* Whether every pixel that has weight is there. */
static bool all_present(const weft_pixel_plane *plane, weft_taps across, const double *weights_u, weft_taps down,
                        const double *weights_v) {
    for (int32_t j = 0; j < down.count; j++) {
        const double *pixels = plane->values + (down.first + j - plane->window.row) * plane->window.cols;
        for (int32_t i = 0; i < across.count && weights_v[j] != 0; i++)
            if (weights_u[i] != 0 && isnan(pixels[weft_pixel_plane_column(plane, across.first + i)])) return false;
    }
    return true;
}

double weft_interpolate_with_care(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v,
                                  weft_taps across, double *weights_u, weft_taps down, double *weights_v) {
    if (across.count == 0 || down.count == 0 || isnan(weft_value_under(resampler, plane, u, v))) return NAN;
    if (has_lobes(resampler->method) &&
        (across.beyond || down.beyond || !all_present(plane, across, weights_u, down, weights_v))) {
        weft_axis axis_u = weft_axis_across(resampler, &weft_method_bilinear);
        weft_axis axis_v = weft_axis_down(resampler, &weft_method_bilinear);
        across = weft_taps_around(&axis_u, u, weights_u);
        down = weft_taps_around(&axis_v, v, weights_v);
    }
    return weft_weigh_present(resampler, plane, across, weights_u, down, weights_v);
}
