/* A cell row weighs the source rows under it into one row first, pixels in their own type, and then that row along its
 * columns, a cell at a time. What is missing makes NaN on the way; those cells are done again with care.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/resample/separable_kernel.h"

#include "core/multiversion.h"
#include "processors/resample/missing.h"
#include "processors/resample/separable_taps.h"
#include "processors/resample/source_rows.h"

#include <math.h>
#include <string.h>

/* What a band keeps in scratch. */
typedef struct band {
    weft_separable_taps taps;
    double *weighed; /* patch.cols: the source rows, weighed */
    double *care_u, *care_v, *care_pixels;
} band;

int64_t weft_separable_scratch(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    int64_t max_u, max_v;
    weft_separable_taps_lengths(resampler, positions, &max_u, &max_v);
    return weft_separable_taps_doubles(resampler, positions) + pixels.cols + max_u + max_v + max_u * max_v;
}

/* Four sums side by side, so that one need not wait for the other; where a tap goes depends on its number alone. */
WEFT_INLINE double weigh(const double *restrict pixels, const double *restrict weights, int64_t count) {
    if (count == 2) return weights[0] * pixels[0] + weights[1] * pixels[1];
    double lanes[4] = {0, 0, 0, 0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int k = 0; k < 4; k++)
            lanes[k] += weights[i + k] * pixels[i + k];
    for (int k = 0; i + k < count; k++)
        lanes[k] += weights[i + k] * pixels[i + k];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

WEFT_MULTIVERSION static void weigh_cells(const band *self, int64_t cols, double *restrict out) {
    const weft_separable_taps *taps = &self->taps;
    const double *weights = taps->weights_u;
    for (int64_t i = 0; i < cols; i++, weights += taps->max_u)
        out[i] = taps->starts[i] >= 0 ? weigh(self->weighed + taps->starts[i], weights, taps->across[i].count) : NAN;
}

/* A cell whose plain sum is no number, or whose kernel would ring over the edge. */
static double care_for(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                       const band *self, int64_t row, int64_t col) {
    const weft_separable_taps *taps = &self->taps;
    weft_taps across = taps->across[col], down = taps->down;
    if (across.count == 0) return NAN;
    weft_window part = {across.first, down.first, across.count, down.count};
    weft_pixel_plane plane =
        weft_pixel_plane_cut(patch, resampler->wrap_cols, part, resampler->method->squares, self->care_pixels);
    memcpy(self->care_u, taps->weights_u + col * taps->max_u, (size_t)across.count * sizeof *self->care_u);
    memcpy(self->care_v, taps->weights_v, (size_t)down.count * sizeof *self->care_v);
    if (weft_method_needs_corners(resampler->method))
        return weft_weigh_present(resampler, &plane, across, self->care_u, down, self->care_v);
    return weft_interpolate_with_care(resampler, &plane, positions->u[col], positions->v[row], across, self->care_u,
                                      down, self->care_v);
}

void weft_separable_row(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        int64_t row, double *scratch, double *out) {
    band self;
    weft_separable_taps_make(&self.taps, resampler, patch->window, positions, row, scratch);
    weft_taps down = self.taps.down;
    if (down.count == 0) {
        for (int64_t i = 0; i < positions->cols; i++)
            out[i] = NAN;
        return;
    }
    self.weighed = self.taps.end;
    self.care_u = self.weighed + patch->window.cols;
    self.care_v = self.care_u + self.taps.max_u;
    self.care_pixels = self.care_v + self.taps.max_v;
    weft_source_rows_weigh(patch, down.first, down.count, self.taps.weights_v, resampler->method->squares,
                           self.weighed);
    weigh_cells(&self, positions->cols, out);
    bool lobes = resampler->method->interpolation != NULL && resampler->method->interpolation->lobes;
    for (int64_t i = 0; i < positions->cols; i++)
        if (out[i] != out[i] || (lobes && (down.beyond || self.taps.across[i].beyond)))
            out[i] = care_for(resampler, patch, positions, &self, row, i);
    for (int64_t i = 0; resampler->method->squares && i < positions->cols; i++)
        out[i] = sqrt(out[i]);
}
