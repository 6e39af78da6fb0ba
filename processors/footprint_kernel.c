/* SPDX-License-Identifier: MIT
 *
 * The coverage of the pixels under a cell is made a span of a source row at a time, and weighs them. */
#include "processors/footprint_kernel.h"

#include "processors/footprint.h"
#include "processors/missing.h"

#include <math.h>

static double cell(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                   int64_t row, int64_t col) {
    weft_footprint footprint;
    double coverage[WEFT_FOOTPRINT_SPAN], sum = 0, weights = 0;
    int64_t at = row * positions->cols + col;
    if (!weft_footprint_make(resampler, positions, row, col, &footprint))
        return resampler->kernel == WEFT_KERNEL_SUM
                   ? NAN
                   : weft_value_under(resampler, plane, positions->u[at], positions->v[at]);
    int64_t end = footprint.col + footprint.cols;
    for (int64_t at_row = footprint.row; at_row < footprint.row + footprint.rows; at_row++) {
        const double *pixels = plane->values + (at_row - plane->window.row) * plane->window.cols;
        for (int64_t first = footprint.col; first < end; first += WEFT_FOOTPRINT_SPAN) {
            int64_t count = end - first < WEFT_FOOTPRINT_SPAN ? end - first : WEFT_FOOTPRINT_SPAN;
            weft_footprint_cover(&footprint, first, at_row, count, coverage);
            for (int64_t i = 0; i < count; i++) {
                double value = pixels[weft_pixel_plane_column(plane, first + i)];
                if (coverage[i] <= 0 || isnan(value)) continue;
                sum += coverage[i] * value;
                weights += coverage[i];
            }
        }
    }
    if (!(weights > 0)) return NAN;
    return resampler->kernel == WEFT_KERNEL_SUM ? sum : sum / weights;
}

void weft_footprint_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                        int64_t row, double *out) {
    for (int64_t i = 0; i < positions->cols; i++)
        out[i] = cell(resampler, plane, positions, row, i);
    for (int64_t i = 0; resampler->kernel == WEFT_KERNEL_RMS && i < positions->cols; i++)
        out[i] = sqrt(out[i]);
}
