/* A cell row weighs the source rows under it into one row first, pixels in their own type, and then that row along its
 * columns, a cell at a time. What is missing makes NaN on the way; those cells are done again with care.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/separable_kernel.h"

#include "core/multiversion.h"
#include "processors/missing.h"
#include "processors/source_rows.h"
#include "processors/taps.h"

#include <math.h>
#include <string.h>

static bool is_footprint(weft_kernel kernel) {
    return kernel >= WEFT_KERNEL_AVERAGE;
}

/* The longest footprint along an axis, for the room its taps need. */
static double longest_step(const weft_axis *axis, const double *corners, int64_t cells) {
    double longest = 0;
    for (int64_t i = 0; i < cells; i++) {
        double length = fabs(weft_axis_step(axis, corners[i], corners[i + 1]) - corners[i]);
        if (length > longest) longest = length;
    }
    return longest;
}

/* What a band keeps in scratch. */
typedef struct band {
    weft_axis axis_u, axis_v;
    int64_t most_u, most_v; /* taps */
    weft_taps *across;      /* a cell of the row */
    int64_t *starts;        /* where its taps begin in the patch; -1: they do not lie side by side */
    double *weights_u;      /* cols * most_u */
    double *weights_v;      /* most_v, of the row in hand */
    double *weighed;        /* patch.cols: the source rows, weighed */
    double *care_u, *care_v, *care_pixels;
} band;

static int64_t doubles_for(int64_t count, size_t size) {
    return (count * (int64_t)size + (int64_t)sizeof(double) - 1) / (int64_t)sizeof(double);
}

/* How long the taps of a cell may be: what its own header keeps for the rows after row 0. */
typedef struct band_header {
    int64_t most_u, most_v;
} band_header;

static band_header measure(const weft_resampler *resampler, const weft_positions *positions) {
    weft_axis across = weft_axis_across(resampler, resampler->kernel);
    weft_axis down = weft_axis_down(resampler, resampler->kernel);
    bool footprint = is_footprint(resampler->kernel);
    double longest_u = footprint ? longest_step(&across, positions->corner_u, positions->cols) : 0;
    double longest_v = footprint ? longest_step(&down, positions->corner_v, positions->rows) : 0;
    return (band_header){weft_axis_most_taps(&across, longest_u), weft_axis_most_taps(&down, longest_v)};
}

static int64_t lay_out(const weft_resampler *resampler, const weft_positions *positions, int64_t patch_cols,
                       band_header header, double *memory, band *out) {
    *out = (band){.axis_u = weft_axis_across(resampler, resampler->kernel),
                  .axis_v = weft_axis_down(resampler, resampler->kernel),
                  .most_u = header.most_u,
                  .most_v = header.most_v};
    int64_t cols = positions->cols, most_u = out->most_u, most_v = out->most_v;
    int64_t turns_u = weft_axis_turns(&out->axis_u), turns_v = weft_axis_turns(&out->axis_v);
    const int64_t sizes[] = {doubles_for(1, sizeof(band_header)),
                             doubles_for(cols, sizeof(weft_taps)),
                             cols,
                             cols * most_u,
                             most_v,
                             patch_cols,
                             most_u,
                             most_v,
                             most_u * most_v,
                             turns_u,
                             turns_v};
    double *at[sizeof sizes / sizeof *sizes] = {0};
    int64_t total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (memory != NULL) at[i] = memory + total;
        total += sizes[i];
    }
    out->across = (weft_taps *)at[1];
    out->starts = (int64_t *)at[2];
    out->weights_u = at[3];
    out->weights_v = at[4];
    out->weighed = at[5];
    out->care_u = at[6];
    out->care_v = at[7];
    out->care_pixels = at[8];
    if (turns_u > 0) out->axis_u.turns = at[9];
    if (turns_v > 0) out->axis_v.turns = at[10];
    return total;
}

int64_t weft_separable_scratch(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    band unused;
    return lay_out(resampler, positions, pixels.cols, measure(resampler, positions), NULL, &unused);
}

/* The taps of every column. */
static void begin_band(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                       band *self) {
    if (self->axis_u.turns != NULL) weft_axis_fill_turns(&self->axis_u, (double *)self->axis_u.turns);
    if (self->axis_v.turns != NULL) weft_axis_fill_turns(&self->axis_v, (double *)self->axis_v.turns);
    for (int64_t i = 0; i < positions->cols; i++) {
        double *weights = self->weights_u + i * self->most_u;
        weft_taps taps = is_footprint(resampler->kernel) ? weft_taps_between(&self->axis_u, positions->corner_u[i],
                                                                             positions->corner_u[i + 1], weights)
                                                         : weft_taps_around(&self->axis_u, positions->u[i], weights);
        self->across[i] = taps;
        self->starts[i] = taps.count > 0 ? weft_span_in(window, resampler->wrap_cols, taps.first, taps.count) : -1;
    }
}

static weft_taps taps_of_row(const weft_resampler *resampler, const weft_positions *positions, const band *self,
                             int64_t row) {
    if (is_footprint(resampler->kernel))
        return weft_taps_between(&self->axis_v, positions->corner_v[row], positions->corner_v[row + 1],
                                 self->weights_v);
    return weft_taps_around(&self->axis_v, positions->v[row], self->weights_v);
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
    const double *weights = self->weights_u;
    for (int64_t i = 0; i < cols; i++, weights += self->most_u)
        out[i] = self->starts[i] >= 0 ? weigh(self->weighed + self->starts[i], weights, self->across[i].count) : NAN;
}

/* A cell whose plain sum is no number, or whose kernel would ring over the edge. */
static double care_for(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                       const band *self, weft_taps down, int64_t row, int64_t col) {
    weft_taps across = self->across[col];
    if (across.count == 0) return NAN;
    weft_window part = {across.first, down.first, across.count, down.count};
    weft_pixel_plane plane = weft_pixel_plane_cut(patch, resampler->wrap_cols, part,
                                                  resampler->kernel == WEFT_KERNEL_RMS, self->care_pixels);
    memcpy(self->care_u, self->weights_u + col * self->most_u, (size_t)across.count * sizeof *self->care_u);
    memcpy(self->care_v, self->weights_v, (size_t)down.count * sizeof *self->care_v);
    if (is_footprint(resampler->kernel))
        return weft_weigh_present(resampler, &plane, across, self->care_u, down, self->care_v);
    return weft_interpolate_with_care(resampler, &plane, positions->u[col], positions->v[row], across, self->care_u,
                                      down, self->care_v);
}

void weft_separable_row(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        int64_t row, double *scratch, double *out) {
    band self;
    band_header *header = (band_header *)scratch;
    if (row == 0) *header = measure(resampler, positions);
    (void)lay_out(resampler, positions, patch->window.cols, *header, scratch, &self);
    if (row == 0) begin_band(resampler, patch->window, positions, &self);
    weft_taps down = taps_of_row(resampler, positions, &self, row);
    if (down.count == 0) {
        for (int64_t i = 0; i < positions->cols; i++)
            out[i] = NAN;
        return;
    }
    weft_source_rows_weigh(patch, down.first, down.count, self.weights_v, resampler->kernel == WEFT_KERNEL_RMS,
                           self.weighed);
    weigh_cells(&self, positions->cols, out);
    bool lobes = weft_kernel_has_lobes(resampler->kernel);
    for (int64_t i = 0; i < positions->cols; i++)
        if (out[i] != out[i] || (lobes && (down.beyond || self.across[i].beyond)))
            out[i] = care_for(resampler, patch, positions, &self, down, row, i);
    for (int64_t i = 0; resampler->kernel == WEFT_KERNEL_RMS && i < positions->cols; i++)
        out[i] = sqrt(out[i]);
}
