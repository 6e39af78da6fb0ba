/* SPDX-License-Identifier: MIT
 *
 * How many taps a cell may have is measured with row 0 and kept in front of the rest. */
#include "processors/resample/separable_taps.h"

#include "processors/resample/pixel_plane.h"

#include <math.h>

typedef struct lengths {
    int64_t max_u, max_v;
} lengths;

/* The longest footprint along an axis, for the room its taps need. */
static double longest_step(const weft_axis *axis, const double *corners, int64_t cells) {
    double longest = 0;
    for (int64_t i = 0; i < cells; i++) {
        double length = fabs(weft_axis_step(axis, corners[i], corners[i + 1]) - corners[i]);
        if (length > longest) longest = length;
    }
    return longest;
}

static lengths measure(const weft_resampler *resampler, const weft_positions *positions) {
    weft_axis across = weft_axis_across(resampler, resampler->method);
    weft_axis down = weft_axis_down(resampler, resampler->method);
    bool footprint = weft_method_needs_corners(resampler->method);
    double longest_u = footprint ? longest_step(&across, positions->corner_u, positions->cols) : 0;
    double longest_v = footprint ? longest_step(&down, positions->corner_v, positions->rows) : 0;
    return (lengths){weft_axis_max_taps(&across, longest_u), weft_axis_max_taps(&down, longest_v)};
}

static int64_t doubles_for(int64_t count, size_t size) {
    return (count * (int64_t)size + (int64_t)sizeof(double) - 1) / (int64_t)sizeof(double);
}

static int64_t lay_out(const weft_resampler *resampler, int64_t cols, lengths max, double *memory,
                       weft_separable_taps *out) {
    *out = (weft_separable_taps){.axis_u = weft_axis_across(resampler, resampler->method),
                                 .axis_v = weft_axis_down(resampler, resampler->method),
                                 .max_u = max.max_u,
                                 .max_v = max.max_v};
    int64_t table_u = weft_axis_table_doubles(&out->axis_u), table_v = weft_axis_table_doubles(&out->axis_v);
    const int64_t sizes[] = {doubles_for(1, sizeof(lengths)),
                             doubles_for(cols, sizeof(weft_taps)),
                             cols,
                             cols * max.max_u,
                             max.max_v,
                             table_u,
                             table_v};
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
    if (table_u > 0) out->axis_u.table = at[5];
    if (table_v > 0) out->axis_v.table = at[6];
    if (memory != NULL) out->end = memory + total;
    return total;
}

void weft_separable_taps_lengths(const weft_resampler *resampler, const weft_positions *positions, int64_t *max_u,
                                 int64_t *max_v) {
    lengths max = measure(resampler, positions);
    *max_u = max.max_u;
    *max_v = max.max_v;
}

int64_t weft_separable_taps_doubles(const weft_resampler *resampler, const weft_positions *positions) {
    weft_separable_taps unused;
    return lay_out(resampler, positions->cols, measure(resampler, positions), NULL, &unused);
}

static weft_taps take(const weft_axis *axis, const double *centres, const double *corners, int64_t at,
                      double *weights) {
    if (axis->how == NULL) return weft_taps_between(axis, corners[at], corners[at + 1], weights);
    return weft_taps_around(axis, centres[at], weights);
}

void weft_separable_taps_make(weft_separable_taps *out, const weft_resampler *resampler, weft_window window,
                              const weft_positions *positions, int64_t row, double *memory) {
    lengths *max = (lengths *)memory;
    if (row == 0) *max = measure(resampler, positions);
    (void)lay_out(resampler, positions->cols, *max, memory, out);
    if (row == 0) {
        if (out->axis_u.table != NULL) weft_axis_fill_table(&out->axis_u, (double *)out->axis_u.table);
        if (out->axis_v.table != NULL) weft_axis_fill_table(&out->axis_v, (double *)out->axis_v.table);
        for (int64_t i = 0; i < positions->cols; i++) {
            weft_taps taps = take(&out->axis_u, positions->u, positions->corner_u, i, out->weights_u + i * out->max_u);
            out->across[i] = taps;
            out->starts[i] = taps.count > 0 ? weft_span_in(window, resampler->wrap_cols, taps.first, taps.count) : -1;
        }
    }
    out->down = take(&out->axis_v, positions->v, positions->corner_v, row, out->weights_v);
}
