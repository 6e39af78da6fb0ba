/* bilinear, cubic, cubicspline, lanczos; average, sum and rms.
 *
 * Where positions are separable, each source row is weighed along its columns once and kept for the rows that share it;
 * elsewhere cell by cell. Both add in one order: along columns first, then over rows.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/weighted_kernels.h"

#include "processors/footprint.h"
#include "processors/nearest_kernel.h"
#include "processors/taps.h"

#include <math.h>
#include <string.h>

static bool is_footprint(weft_kernel kernel) {
    return kernel >= WEFT_KERNEL_AVERAGE;
}

static bool has_lobes(weft_kernel kernel) {
    return kernel == WEFT_KERNEL_CUBIC || kernel == WEFT_KERNEL_LANCZOS;
}

/* --- cells that need care --- */

/* Sums over the pixels that are there, with their weights; NaN where none is. */
static double sum_of_present(const weft_resampler *resampler, const weft_pixel_plane *plane, weft_taps across,
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
    return resampler->kernel == WEFT_KERNEL_SUM ? sum : sum / weights;
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

/* The pixel under a centre; NaN outside the source. */
static double value_under(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v) {
    int64_t col = weft_column_under(resampler, u), row = weft_row_under(resampler, v);
    if (col < 0 || row < 0) return NAN;
    return plane->values[(row - plane->window.row) * plane->window.cols + weft_pixel_plane_column(plane, col)];
}

/* An interpolating kernel where a pixel is missing or beyond the edge: nothing where the centre's is; bilinear, as
 * wide, for the kernels that would ring; and renormalised over what is there. */
static double interpolate_with_care(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v,
                                    weft_taps across, weft_taps down, double *weights_u, double *weights_v) {
    if (across.count == 0 || down.count == 0 || isnan(value_under(resampler, plane, u, v))) return NAN;
    if (has_lobes(resampler->kernel) &&
        (across.beyond || down.beyond || !all_present(plane, across, weights_u, down, weights_v))) {
        weft_axis axis_u = weft_axis_across(resampler, WEFT_KERNEL_BILINEAR);
        weft_axis axis_v = weft_axis_down(resampler, WEFT_KERNEL_BILINEAR);
        across = weft_taps_around(&axis_u, u, weights_u);
        down = weft_taps_around(&axis_v, v, weights_v);
    }
    return sum_of_present(resampler, plane, across, weights_u, down, weights_v);
}

/* --- one cell --- */

/* The sum along one source row, of pixels side by side. Two and four are written out in the order of the loop. */
static inline double weigh_span(const double *pixels, const double *weights, int32_t count) {
    if (count == 2) return weights[0] * pixels[0] + weights[1] * pixels[1];
    double sum = weights[0] * pixels[0];
    for (int32_t i = 1; i < count; i++)
        sum += weights[i] * pixels[i];
    return sum;
}

/* The first tap's column in the plane, where all of them are in it side by side; -1 where they are not. */
static int64_t plane_start(const weft_pixel_plane *plane, weft_taps taps) {
    int64_t at = taps.first - plane->window.col;
    if (at < 0) at += plane->wrap_cols;
    if (at + taps.count > plane->window.cols) at -= plane->wrap_cols;
    return at >= 0 && at + taps.count <= plane->window.cols ? at : -1;
}

static double interpolate_cell(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_axis *axis_u,
                               const weft_axis *axis_v, double u, double v, double *weights_u, double *weights_v) {
    weft_taps across = weft_taps_around(axis_u, u, weights_u), down = weft_taps_around(axis_v, v, weights_v);
    if (across.count == 0 || down.count == 0) return NAN;
    int64_t start = plane_start(plane, across);
    bool lobes_beyond = has_lobes(resampler->kernel) && (across.beyond || down.beyond);
    if (start >= 0 && !lobes_beyond) {
        const double *pixels = plane->values + (down.first - plane->window.row) * plane->window.cols + start;
        double sum = 0;
        for (int32_t j = 0; j < down.count; j++)
            sum += weights_v[j] * weigh_span(pixels + j * plane->window.cols, weights_u, across.count);
        if (!isnan(sum)) return sum;
    }
    return interpolate_with_care(resampler, plane, u, v, across, down, weights_u, weights_v);
}

/* The four neighbours, or sixteen, of a cell well inside the plane; the same arithmetic as by taps, without their
 * loops. */
static double interpolate_linear(const weft_pixel_plane *plane, double u, double v) {
    double left = floor(u - 0.5), top = floor(v - 0.5), across[2], down[2];
    weft_taps_linear(u - 0.5 - left, across);
    weft_taps_linear(v - 0.5 - top, down);
    int64_t cols = plane->window.cols;
    const double *at = plane->values + ((int64_t)top - plane->window.row) * cols + (int64_t)left - plane->window.col;
    double upper = across[0] * at[0] + across[1] * at[1], lower = across[0] * at[cols] + across[1] * at[cols + 1];
    return down[0] * upper + down[1] * lower;
}

static double interpolate_cubic(const weft_pixel_plane *plane, double u, double v) {
    double left = floor(u - 0.5), top = floor(v - 0.5), across[4], down[4], sum = 0;
    weft_taps_cubic(u - 0.5 - left, across);
    weft_taps_cubic(v - 0.5 - top, down);
    int64_t cols = plane->window.cols;
    const double *at =
        plane->values + ((int64_t)top - 1 - plane->window.row) * cols + (int64_t)left - 1 - plane->window.col;
    for (int j = 0; j < 4; j++, at += cols)
        sum += down[j] * (across[0] * at[0] + across[1] * at[1] + across[2] * at[2] + across[3] * at[3]);
    return sum;
}

/* Positions whose neighbours lie inside the source and, as they stand, inside the plane. */
typedef struct inner_part {
    double left, right, top, bottom;
} inner_part;

static inner_part find_inner(const weft_resampler *resampler, const weft_pixel_plane *plane, int neighbours) {
    double margin = 0.5 * neighbours;
    weft_window source = {0, 0, resampler->source_cols, resampler->source_rows};
    weft_window both = weft_window_intersect(plane->window, source);
    return (inner_part){(double)both.col + margin, (double)(both.col + both.cols) - margin, (double)both.row + margin,
                        (double)(both.row + both.rows) - margin};
}

static double centre_value(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v) {
    return resampler->kernel == WEFT_KERNEL_SUM ? NAN : value_under(resampler, plane, u, v);
}

static double footprint_cell(const weft_resampler *resampler, const weft_pixel_plane *plane,
                             const weft_positions *positions, int64_t row, int64_t col) {
    weft_footprint footprint;
    double coverage[WEFT_FOOTPRINT_SPAN], sum = 0, weights = 0;
    int64_t cell = row * positions->cols + col;
    if (!weft_footprint_make(resampler, positions, row, col, &footprint))
        return centre_value(resampler, plane, positions->u[cell], positions->v[cell]);
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

/* --- separable bands --- */

/* The longest footprint along an axis, for the room its taps need. */
static double longest_step(const weft_axis *axis, const double *corners, int64_t cells) {
    double longest = 0;
    for (int64_t i = 0; i < cells; i++) {
        double length = fabs(weft_axis_step(axis, corners[i], corners[i + 1]) - corners[i]);
        if (length > longest) longest = length;
    }
    return longest;
}

/* Where a separable band keeps its things in scratch. */
typedef struct band_scratch {
    int64_t most_u, most_v, ring_rows;
    weft_taps *across;   /* cols */
    double *weights_u;   /* cols * most_u */
    weft_taps *down;     /* rows */
    double *weights_v;   /* rows * most_v */
    double *care;        /* most_u + most_v, for cells that need care */
    double *ring;        /* ring_rows * cols: source rows, weighed along their columns */
    int64_t *ring_holds; /* ring_rows: which source row; INT64_MIN: none */
} band_scratch;

static int64_t doubles_for(int64_t count, size_t size) {
    return (count * (int64_t)size + (int64_t)sizeof(double) - 1) / (int64_t)sizeof(double);
}

static int64_t lay_out(const weft_resampler *resampler, const weft_positions *positions, double *memory,
                       band_scratch *out) {
    weft_axis across = weft_axis_across(resampler, resampler->kernel);
    weft_axis down = weft_axis_down(resampler, resampler->kernel);
    bool footprint = is_footprint(resampler->kernel);
    out->most_u =
        weft_axis_most_taps(&across, footprint ? longest_step(&across, positions->corner_u, positions->cols) : 0);
    out->most_v = weft_axis_most_taps(&down, footprint ? longest_step(&down, positions->corner_v, positions->rows) : 0);
    out->ring_rows = out->most_v + 1;
    int64_t taps_u = doubles_for(positions->cols, sizeof(weft_taps)),
            taps_v = doubles_for(positions->rows, sizeof(weft_taps));
    const int64_t sizes[] = {taps_u,
                             positions->cols * out->most_u,
                             taps_v,
                             positions->rows * out->most_v,
                             out->most_u + out->most_v + 16,
                             out->ring_rows * positions->cols,
                             out->ring_rows};
    double *at[sizeof sizes / sizeof *sizes] = {0};
    int64_t total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (memory != NULL) at[i] = memory + total;
        total += sizes[i];
    }
    out->across = (weft_taps *)at[0];
    out->weights_u = at[1];
    out->down = (weft_taps *)at[2];
    out->weights_v = at[3];
    out->care = at[4];
    out->ring = at[5];
    out->ring_holds = (int64_t *)at[6];
    return total;
}

static void begin_band(const weft_resampler *resampler, const weft_positions *positions, const band_scratch *band) {
    weft_axis across = weft_axis_across(resampler, resampler->kernel);
    weft_axis down = weft_axis_down(resampler, resampler->kernel);
    bool footprint = is_footprint(resampler->kernel);
    for (int64_t i = 0; i < positions->cols; i++) {
        double *weights = band->weights_u + i * band->most_u;
        band->across[i] = footprint
                              ? weft_taps_between(&across, positions->corner_u[i], positions->corner_u[i + 1], weights)
                              : weft_taps_around(&across, positions->u[i], weights);
    }
    for (int64_t i = 0; i < positions->rows; i++) {
        double *weights = band->weights_v + i * band->most_v;
        band->down[i] = footprint
                            ? weft_taps_between(&down, positions->corner_v[i], positions->corner_v[i + 1], weights)
                            : weft_taps_around(&down, positions->v[i], weights);
    }
    for (int64_t i = 0; i < band->ring_rows; i++)
        band->ring_holds[i] = INT64_MIN;
}

/* Weighs source row `row` along its columns, for every cell of the band. */
static void weigh_row(const weft_pixel_plane *plane, const weft_positions *positions, const band_scratch *band,
                      int64_t row, double *out) {
    const double *pixels = plane->values + (row - plane->window.row) * plane->window.cols;
    for (int64_t i = 0; i < positions->cols; i++) {
        weft_taps taps = band->across[i];
        int64_t start = plane_start(plane, taps);
        const double *weights = band->weights_u + i * band->most_u;
        /* Taps on both sides of the seam are left to interpolate_with_care(). */
        out[i] = taps.count > 0 && start >= 0 ? weigh_span(pixels + start, weights, taps.count) : NAN;
    }
}

static const double *weighed_row(const weft_pixel_plane *plane, const weft_positions *positions,
                                 const band_scratch *band, int64_t row) {
    int64_t slot = row % band->ring_rows;
    double *weighed = band->ring + slot * positions->cols;
    if (band->ring_holds[slot] != row) {
        weigh_row(plane, positions, band, row, weighed);
        band->ring_holds[slot] = row;
    }
    return weighed;
}

/* A cell of a separable band whose plain sum is no number. */
static double care_for(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                       const band_scratch *band, int64_t row, int64_t col) {
    weft_taps across = band->across[col], down = band->down[row];
    double *weights_u = band->care, *weights_v = band->care + band->most_u + 8;
    if (across.count == 0 || down.count == 0) return NAN;
    memcpy(weights_u, band->weights_u + col * band->most_u, (size_t)across.count * sizeof *weights_u);
    memcpy(weights_v, band->weights_v + row * band->most_v, (size_t)down.count * sizeof *weights_v);
    if (is_footprint(resampler->kernel)) return sum_of_present(resampler, plane, across, weights_u, down, weights_v);
    return interpolate_with_care(resampler, plane, positions->u[col], positions->v[row], across, down, weights_u,
                                 weights_v);
}

static void separable_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                          const weft_positions *positions, const band_scratch *band, int64_t row, double *out) {
    weft_taps down = band->down[row];
    const double *weights = band->weights_v + row * band->most_v;
    bool lobes = has_lobes(resampler->kernel);
    for (int64_t i = 0; i < positions->cols; i++)
        out[i] = down.count > 0 ? 0 : NAN;
    for (int32_t j = 0; j < down.count; j++) {
        const double *weighed = weighed_row(plane, positions, band, down.first + j);
        for (int64_t i = 0; i < positions->cols; i++)
            out[i] += weights[j] * weighed[i];
    }
    for (int64_t i = 0; i < positions->cols && down.count > 0; i++)
        if (isnan(out[i]) || (lobes && (down.beyond || band->across[i].beyond)))
            out[i] = care_for(resampler, plane, positions, band, row, i);
}

/* --- both --- */

int64_t weft_weighted_scratch(const weft_resampler *resampler, const weft_positions *positions) {
    band_scratch band;
    if (positions->separable) return lay_out(resampler, positions, NULL, &band);
    if (is_footprint(resampler->kernel)) return 0;
    weft_axis across = weft_axis_across(resampler, resampler->kernel);
    weft_axis down = weft_axis_down(resampler, resampler->kernel);
    return weft_axis_most_taps(&across, 0) + weft_axis_most_taps(&down, 0) + 16;
}

/* Most cells lie well inside and have all their neighbours; the others take the long way. */
static void interpolated_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                             const weft_positions *positions, int64_t row, double *scratch, double *out) {
    weft_axis across = weft_axis_across(resampler, resampler->kernel);
    weft_axis down = weft_axis_down(resampler, resampler->kernel);
    double *weights_v = scratch + weft_axis_most_taps(&across, 0) + 8;
    const double *u = positions->u + row * positions->cols, *v = positions->v + row * positions->cols;
    int neighbours = weft_axis_neighbours(&across) == weft_axis_neighbours(&down) ? weft_axis_neighbours(&across) : 0;
    inner_part inner = find_inner(resampler, plane, neighbours);
    for (int64_t i = 0; i < positions->cols; i++) {
        if (neighbours > 0 && u[i] >= inner.left && u[i] < inner.right && v[i] >= inner.top && v[i] < inner.bottom) {
            out[i] = neighbours == 2 ? interpolate_linear(plane, u[i], v[i]) : interpolate_cubic(plane, u[i], v[i]);
            if (out[i] == out[i]) continue;
        }
        out[i] = interpolate_cell(resampler, plane, &across, &down, u[i], v[i], scratch, weights_v);
    }
}

void weft_weighted_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                       int64_t row, double *scratch, double *out) {
    if (positions->separable) {
        band_scratch band;
        (void)lay_out(resampler, positions, scratch, &band);
        if (row == 0) begin_band(resampler, positions, &band);
        separable_row(resampler, plane, positions, &band, row, out);
    } else {
        if (is_footprint(resampler->kernel))
            for (int64_t i = 0; i < positions->cols; i++)
                out[i] = footprint_cell(resampler, plane, positions, row, i);
        else
            interpolated_row(resampler, plane, positions, row, scratch, out);
    }
    for (int64_t i = 0; resampler->kernel == WEFT_KERNEL_RMS && i < positions->cols; i++)
        out[i] = sqrt(out[i]);
}
