/* SPDX-License-Identifier: MIT
 *
 * The coverage of the pixels under a cell weighs them, a row of pixels at a time. */
#include "core/multiversion.h"
#include "processors/footprint/footprint.h"
#include "processors/footprint/footprint_lanes.h"
#include "processors/resample/methods.h"
#include "processors/resample/missing.h"
#include "processors/resample/separable_kernel.h"

#include <math.h>

typedef struct weighed {
    double sum, weights;
} weighed;

/* A row of pixels side by side. Four sums, so that one need not wait for the other. */
WEFT_INLINE weighed weigh_span(const double *restrict pixels, const double *restrict areas, int64_t count) {
    double sums[4] = {0, 0, 0, 0}, weights[4] = {0, 0, 0, 0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (int k = 0; k < 4; k++) {
            double value = pixels[i + k], area = value == value ? areas[i + k] : 0;
            sums[k] += area > 0 ? area * value : 0;
            weights[k] += area;
        }
    }
    for (int k = 0; i + k < count; k++) {
        double value = pixels[i + k], area = value == value ? areas[i + k] : 0;
        sums[k] += area > 0 ? area * value : 0;
        weights[k] += area;
    }
    return (weighed){(sums[0] + sums[1]) + (sums[2] + sums[3]), (weights[0] + weights[1]) + (weights[2] + weights[3])};
}

/* The same where the seam may lie between them: a copy side by side first. */
static weighed weigh_over_seam(const weft_pixel_plane *plane, const double *pixels, int64_t first, const double *areas,
                               int64_t count) {
    double copy[WEFT_FOOTPRINT_AREAS];
    for (int64_t i = 0; i < count; i++)
        copy[i] = pixels[weft_pixel_plane_column(plane, first + i)];
    return weigh_span(copy, areas, count);
}

WEFT_INLINE weighed weigh_footprint(const weft_pixel_plane *plane, const weft_footprint *footprint) {
    double areas[WEFT_FOOTPRINT_AREAS];
    weighed all = {0, 0};
    for (weft_window part = {0}; weft_footprint_next(footprint, &part);) {
        int64_t start = weft_span_in(plane->window, plane->wrap_cols, part.col, part.cols);
        weft_footprint_cover(footprint, part, areas);
        for (int64_t row = 0; row < part.rows; row++) {
            const double *pixels = plane->values + (part.row + row - plane->window.row) * plane->window.cols;
            const double *of_row = areas + row * part.cols;
            weighed one = start >= 0 ? weigh_span(pixels + start, of_row, part.cols)
                                     : weigh_over_seam(plane, pixels, part.col, of_row, part.cols);
            all.sum += one.sum;
            all.weights += one.weights;
        }
    }
    return all;
}

WEFT_INLINE double cell(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                        int64_t row, int64_t col) {
    weft_footprint footprint;
    int64_t at = row * positions->cols + col;
    bool adds = resampler->method->adds;
    if (!weft_footprint_make(resampler, positions, row, col, &footprint))
        return adds ? NAN : weft_value_under(resampler, plane, positions->u[at], positions->v[at]);
    if (footprint.within_one) {
        int64_t under = weft_pixel_plane_column(plane, footprint.col);
        double value = plane->values[(footprint.row - plane->window.row) * plane->window.cols + under];
        return adds ? value * weft_footprint_area(&footprint) : value;
    }
    weighed all = weigh_footprint(plane, &footprint);
    if (!(all.weights > 0)) return NAN;
    return adds ? all.sum : all.sum / all.weights;
}

/* --- cells side by side --- */

/* Pixels that a lane does not touch have no area; what is read for them is any pixel. */
WEFT_INLINE void weigh_lanes(const weft_pixel_plane *plane, const weft_footprint_lanes *lanes,
                             const int64_t *restrict at, double *restrict sums, double *restrict weights) {
    const double *restrict pixels = plane->values;
    int64_t last = plane->window.cols * plane->window.rows - 1;
    for (int i = 0; i < WEFT_FOOTPRINT_LANES; i++)
        sums[i] = weights[i] = 0;
    for (int row = 0; row < lanes->max_rows; row++) {
        for (int col = 0; col < lanes->max_cols; col++) {
            int64_t offset = row * plane->window.cols + col;
            const double *restrict areas = lanes->areas[row][col];
            for (int i = 0; i < WEFT_FOOTPRINT_LANES; i++) {
                int64_t pixel = at[i] + offset < last ? at[i] + offset : last;
                pixel = pixel > 0 ? pixel : 0;
                double value = pixels[pixel], area = value == value ? areas[i] : 0;
                sums[i] += area > 0 ? area * value : 0;
                weights[i] += area;
            }
        }
    }
}

/* The same for one lane whose pixels lie on both sides of the seam. */
static void weigh_lane_over_seam(const weft_pixel_plane *plane, const weft_footprint_lanes *lanes, int lane,
                                 double *sums, double *weights) {
    sums[lane] = weights[lane] = 0;
    for (int row = 0; row < (int)lanes->rows[lane]; row++) {
        const double *pixels =
            plane->values + ((int64_t)lanes->row[lane] + row - plane->window.row) * plane->window.cols;
        for (int col = 0; col < (int)lanes->cols[lane]; col++) {
            double value = pixels[weft_pixel_plane_column(plane, (int64_t)lanes->col[lane] + col)];
            double area = value == value ? lanes->areas[row][col][lane] : 0;
            sums[lane] += area > 0 ? area * value : 0;
            weights[lane] += area;
        }
    }
}

/* Up to WEFT_FOOTPRINT_LANES cells from `col` on. */
WEFT_INLINE void cells(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                       int64_t row, int64_t col, int64_t n, double *restrict out) {
    weft_footprint_lanes lanes;
    int64_t at[WEFT_FOOTPRINT_LANES];
    double sums[WEFT_FOOTPRINT_LANES], weights[WEFT_FOOTPRINT_LANES];
    bool any = weft_footprint_lanes_make(&lanes, resampler, positions, row, col, n);
    if (any) {
        weft_footprint_lanes_find(&lanes, plane->window, plane->wrap_cols, at);
        weft_footprint_lanes_cover(&lanes, resampler->mirrored);
        weigh_lanes(plane, &lanes, at, sums, weights);
        for (int i = 0; i < WEFT_FOOTPRINT_LANES; i++)
            if (at[i] < 0) weigh_lane_over_seam(plane, &lanes, i, sums, weights);
    }
    bool adds = resampler->method->adds;
    for (int64_t i = 0; i < n; i++) {
        bool one = lanes.cols[i] == 1 && lanes.rows[i] == 1;
        if (!any || !lanes.few[i])
            out[i] = cell(resampler, plane, positions, row, col + i);
        else if (!(weights[i] > 0))
            out[i] = NAN;
        else
            out[i] = adds ? sums[i] : one && at[i] >= 0 ? plane->values[at[i]] : sums[i] / weights[i];
    }
}

WEFT_MULTIVERSION static void scattered_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                                            const weft_positions *positions, int64_t row, double *out) {
    for (int64_t col = 0; col < positions->cols; col += WEFT_FOOTPRINT_LANES) {
        int64_t rest = positions->cols - col;
        cells(resampler, plane, positions, row, col, rest < WEFT_FOOTPRINT_LANES ? rest : WEFT_FOOTPRINT_LANES,
              out + col);
    }
    for (int64_t i = 0; resampler->method->squares && i < positions->cols; i++)
        out[i] = sqrt(out[i]);
}

/* --- the kernel, and its methods --- */

static bool takes_plane(const weft_resampler *resampler, bool separable) {
    (void)resampler;
    return !separable;
}

static int64_t scratch_bytes(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    if (!positions->separable) return 0;
    return weft_separable_scratch(resampler, positions, pixels) * (int64_t)sizeof(double);
}

static void row_of(const weft_resampler *resampler, const weft_patch *patch, const weft_pixel_plane *plane,
                   const weft_positions *positions, int64_t row, void *scratch, double *out) {
    if (positions->separable)
        weft_separable_row(resampler, patch, positions, row, scratch, out);
    else
        scattered_row(resampler, plane, positions, row, out);
}

static const weft_kernel footprint_kernel = {.corners = true,
                                             .separable_pixel_bytes = sizeof(double),
                                             .takes_plane = takes_plane,
                                             .scratch_bytes = scratch_bytes,
                                             .row = row_of};

const weft_method weft_method_average = {.choice = {.word = "average", .synonyms = "mean, avg"},
                                         .kernel = &footprint_kernel,
                                         .result = WEFT_RESULT_WEIGHED,
                                         .zone = WEFT_ZONE_AVERAGE};

const weft_method weft_method_sum = {.choice = {.word = "sum", .synonyms = "total"},
                                     .kernel = &footprint_kernel,
                                     .result = WEFT_RESULT_REAL,
                                     .unscales_pixels = true,
                                     .adds = true,
                                     .zone = WEFT_ZONE_SUM};

const weft_method weft_method_rms = {.choice = {.word = "rms", .synonyms = "root mean square, rmse"},
                                     .kernel = &footprint_kernel,
                                     .result = WEFT_RESULT_WEIGHED,
                                     .unscales_pixels = true,
                                     .squares = true,
                                     .zone = WEFT_ZONE_RMS};
