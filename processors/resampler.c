/* Chooses the kernel, finds the pixels it needs, and turns its doubles into the layer's type.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/resampler.h"

#include "core/multiversion.h"
#include "processors/resample/axis.h"
#include "processors/resample/methods.h"
#include "processors/resample/nearest_kernel.h"
#include "processors/resample/pixel_class.h"
#include "processors/resample/pixel_plane.h"

#include <math.h>

#define MAX_SCRATCH (INT64_MAX / 4)

weft_data_type weft_resampler_result_type(const weft_method *method, weft_data_type source_type, bool unscaled) {
    if (method->result == WEFT_RESULT_KEPT && !unscaled) return source_type;
    if (method->result == WEFT_RESULT_REAL) return WEFT_FLOAT64;
    if (method->result == WEFT_RESULT_COUNT) return WEFT_UINT32;
    switch (source_type) {
    case WEFT_INT8:
    case WEFT_UINT8:
    case WEFT_INT16:
    case WEFT_UINT16:
    case WEFT_FLOAT32:
        return WEFT_FLOAT32;
    default:
        return WEFT_FLOAT64;
    }
}

void weft_resampler_support(const weft_resampler *resampler, int64_t *support_x, int64_t *support_y) {
    *support_x = *support_y = 0;
    if (resampler->method->interpolation == NULL) return;
    *support_x = (int64_t)ceil(weft_axis_across(resampler, resampler->method).radius);
    *support_y = (int64_t)ceil(weft_axis_down(resampler, resampler->method).radius);
}

/* --- which pixels --- */

typedef struct range {
    double low, high;
} range;

static void widen(range *all, double value) {
    if (value < all->low) all->low = value;
    if (value > all->high) all->high = value;
}

/* What the positions span. Where the source wraps, its left and right half are kept apart, so that cells on both sides
 * of the seam do not ask for all that lies between. */
typedef struct extent {
    range west, east, v;
    double middle; /* wrap_cols / 2; infinite where the source does not wrap */
} extent;

/* Eight minima and maxima side by side, so that the loop vectorises; u and v of a point are NaN together. */
#define SIDE_BY_SIDE 8

WEFT_MULTIVERSION static void take_all(range *all, const double *restrict values, int64_t n) {
    double low[SIDE_BY_SIDE], high[SIDE_BY_SIDE];
    int64_t i = 0;
    for (int k = 0; k < SIDE_BY_SIDE; k++) {
        low[k] = INFINITY;
        high[k] = -INFINITY;
    }
    for (; i + SIDE_BY_SIDE <= n; i += SIDE_BY_SIDE) {
        for (int k = 0; k < SIDE_BY_SIDE; k++) {
            low[k] = values[i + k] < low[k] ? values[i + k] : low[k];
            high[k] = values[i + k] > high[k] ? values[i + k] : high[k];
        }
    }
    for (; i < n; i++)
        widen(all, values[i]);
    for (int k = 0; k < SIDE_BY_SIDE; k++) {
        if (low[k] < all->low) all->low = low[k];
        if (high[k] > all->high) all->high = high[k];
    }
}

static void take_pairs(extent *all, const double *u, const double *v, int64_t n) {
    if (isinf(all->middle)) {
        take_all(&all->west, u, n);
        take_all(&all->v, v, n);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (!(u[i] == u[i] && v[i] == v[i])) continue;
        widen(u[i] < all->middle ? &all->west : &all->east, u[i]);
        widen(&all->v, v[i]);
    }
}

static void take_axes(extent *all, const double *u, int64_t cols, const double *v, int64_t rows) {
    for (int64_t i = 0; i < cols; i++)
        if (u[i] == u[i]) widen(u[i] < all->middle ? &all->west : &all->east, u[i]);
    for (int64_t i = 0; i < rows; i++)
        if (v[i] == v[i]) widen(&all->v, v[i]);
}

static extent find_extent(const weft_resampler *resampler, const weft_positions *positions) {
    const range nothing = {INFINITY, -INFINITY};
    bool corners = weft_method_needs_corners(resampler->method);
    int64_t cols = positions->cols, rows = positions->rows;
    bool halves = resampler->wrap_cols > 0 && !(corners && resampler->runs_on);
    extent all = {nothing, nothing, nothing, halves ? (double)resampler->wrap_cols / 2 : INFINITY};
    if (positions->separable) {
        take_axes(&all, positions->u, cols, positions->v, rows);
        if (corners) take_axes(&all, positions->corner_u, cols + 1, positions->corner_v, rows + 1);
    } else {
        take_pairs(&all, positions->u, positions->v, rows * cols);
        if (corners)
            take_pairs(&all, positions->corner_u, positions->corner_v,
                       positions->apart ? 4 * rows * cols : (rows + 1) * (cols + 1));
    }
    return all;
}

/* The shorter way from one end to the other: straight, or over the seam. */
static range across(const extent *all, double wrap) {
    bool west = all->west.low <= all->west.high, east = all->east.low <= all->east.high;
    if (!west) return all->east;
    if (!east) return all->west;
    range whole = {all->west.low, all->east.high}, seam = {all->east.low, all->west.high + wrap};
    return seam.high - seam.low < whole.high - whole.low ? seam : whole;
}

/* How far a cell's corners lie from its centre along u, the short way round: whole pixels, of the farthest. */
static int64_t farthest_corner(const weft_resampler *resampler, const weft_positions *positions) {
    weft_axis axis = weft_axis_across(resampler, resampler->method);
    int64_t cols = positions->cols, rows = positions->separable ? 1 : positions->rows;
    double farthest = 0;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t col = 0; col < cols; col++) {
            double centre = positions->u[row * cols + col];
            for (int i = 0; i < (positions->separable ? 2 : 4); i++) {
                double corner = positions->corner_u[weft_positions_corner(positions, row, col, i / 2, i % 2)];
                double away = fabs(weft_axis_step(&axis, centre, corner) - centre);
                if (away > farthest) farthest = away;
            }
        }
    }
    return (int64_t)ceil(farthest);
}

static int64_t clamp(double value, int64_t low, int64_t high) {
    if (value <= (double)low) return low;
    return value >= (double)high ? high : (int64_t)value;
}

weft_window weft_resampler_footprint(const weft_resampler *resampler, const weft_positions *positions) {
    double wrap = (double)resampler->wrap_cols;
    extent all = find_extent(resampler, positions);
    int64_t support_x, support_y;
    if (!(all.v.low <= all.v.high)) return (weft_window){0};
    weft_resampler_support(resampler, &support_x, &support_y);
    /* A footprint over the seam, or over the middle column, needs the columns between its own corners. */
    if (wrap > 0 && weft_method_needs_corners(resampler->method) && !resampler->runs_on)
        support_x = farthest_corner(resampler, positions);
    range u = across(&all, wrap);
    if (!(u.low <= u.high)) return (weft_window){0};
    int64_t left = wrap > 0 ? -2 * resampler->wrap_cols : 0;
    int64_t right = wrap > 0 ? 4 * resampler->wrap_cols : resampler->source_cols;
    int64_t col = clamp(floor(u.low) - (double)support_x, left, right);
    int64_t end_col = clamp(floor(u.high + WEFT_EDGE_ROUNDING) + 1 + (double)support_x, left, right);
    int64_t row = clamp(floor(all.v.low) - (double)support_y, 0, resampler->source_rows);
    int64_t end_row = clamp(floor(all.v.high + WEFT_EDGE_ROUNDING) + 1 + (double)support_y, 0, resampler->source_rows);
    /* At most all columns, and the kernel's support beyond the seam. */
    if (wrap > 0 && end_col - col >= resampler->wrap_cols) {
        if (support_x > resampler->wrap_cols) support_x = resampler->wrap_cols;
        col = -support_x - 1;
        end_col = resampler->wrap_cols + support_x + 1;
    }
    weft_window out = {col, row, end_col - col, end_row - row};
    return weft_window_is_empty(out) ? (weft_window){0} : out;
}

/* --- scratch: a row of doubles, the plane, then the kernel's own --- */

/* Whether pixels are unscaled before they meet the kernel: it would give another answer after. Methods that weigh
 * values by shares of 1 unscale the few results instead of the many pixels. */
static bool unscales_pixels(const weft_resampler *resampler) {
    bool scaled = resampler->value_scale != 1 || resampler->value_offset != 0;
    return scaled && resampler->method->unscales_pixels && !resampler->method->of_classes;
}

/* The resampler of pixels that are unscaled already. */
static weft_resampler of_unscaled(const weft_resampler *resampler) {
    weft_resampler out = *resampler;
    out.source_type = WEFT_FLOAT64;
    out.value_scale = 1;
    out.value_offset = 0;
    return out;
}

/* What tells how much of each footprint valid pixels cover. */
static weft_resampler of_coverage(const weft_resampler *resampler) {
    weft_resampler out = of_unscaled(resampler);
    out.method = &weft_method_coverage;
    out.source_type = resampler->source_type;
    out.type = WEFT_FLOAT64;
    out.min_coverage = 0;
    return out;
}

static int64_t own_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    weft_resampler inner = unscales_pixels(resampler) ? of_unscaled(resampler) : *resampler;
    int64_t count, bytes, planes = unscales_pixels(resampler) ? 1 : 0;
    if (inner.method->kernel->takes_plane(&inner, positions->separable)) planes++;
    bytes = inner.method->kernel->scratch_bytes(&inner, positions, pixels) +
            (positions->cols + WEFT_PIXEL_PLANE_SLACK) * (int64_t)sizeof(double);
    if (!weft_checked_mul(pixels.cols, pixels.rows, &count) ||
        !weft_checked_mul(count, planes * (int64_t)sizeof(double), &count) || !weft_checked_add(bytes, count, &bytes))
        return MAX_SCRATCH;
    return bytes < MAX_SCRATCH ? bytes : MAX_SCRATCH;
}

int64_t weft_resampler_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions,
                                     weft_window pixels) {
    int64_t own = own_scratch_bytes(resampler, positions, pixels), cells;
    if (!(resampler->min_coverage > 0)) return own;
    weft_resampler coverage = of_coverage(resampler);
    own = weft_larger(own, own_scratch_bytes(&coverage, positions, pixels));
    if (!weft_checked_mul(positions->cols, positions->rows * (int64_t)sizeof(double), &cells) ||
        !weft_checked_add(own, cells, &own))
        return MAX_SCRATCH;
    return own < MAX_SCRATCH ? own : MAX_SCRATCH;
}

/* --- values --- */

#define STORE_INTEGER(name, type)                                                                                      \
    case name: {                                                                                                       \
        type *to = out.values;                                                                                         \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            out.valid[i] = (uint8_t)(isnan(values[i]) ? 0 : 1);                                                        \
            to[i] = out.valid[i] ? (type)values[i] : 0;                                                                \
        }                                                                                                              \
        break;                                                                                                         \
    }
#define STORE_FLOAT(name, type)                                                                                        \
    case name: {                                                                                                       \
        type *to = out.values;                                                                                         \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] = (type)values[i];                                                                                   \
        break;                                                                                                         \
    }

/* value_scale 1 and value_offset 0 change no bit of any value but -0, which + 0 makes 0. */
static void store(const weft_resampler *resampler, double *values, int64_t n, weft_values out) {
    double scale = resampler->value_scale, offset = resampler->value_offset;
    bool scaled = (scale != 1 || offset != 0) && !resampler->method->of_classes;
    for (int64_t i = 0; scaled && i < n; i++)
        values[i] = values[i] * scale + offset;
    switch (resampler->type) { WEFT_FOR_EACH_INTEGER(STORE_INTEGER) WEFT_FOR_EACH_FLOAT(STORE_FLOAT) }
}

static void run_plain(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                      double *scratch, weft_values out) {
    const weft_kernel *kernel = resampler->method->kernel;
    double *line = scratch, *own = line + positions->cols;
    if (kernel->run != NULL && kernel->run(resampler, patch, positions, own, out)) return;
    const weft_pixel_plane plane = {patch->window, own, resampler->wrap_cols};
    if (kernel->takes_plane(resampler, positions->separable)) {
        if (resampler->method->of_classes)
            weft_pixel_class_fill(patch, resampler->class, own);
        else
            weft_pixel_plane_fill(patch, resampler->method->squares, own);
        own += patch->window.cols * patch->window.rows;
        for (int i = 0; i < WEFT_PIXEL_PLANE_SLACK; i++)
            *own++ = 0;
    }
    for (int64_t row = 0; row < positions->rows; row++) {
        kernel->row(resampler, patch, &plane, positions, row, own, line);
        store(resampler, line, positions->cols, weft_values_at(out, row, 0));
    }
}

static void run_unscaling(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                          void *scratch, weft_values out) {
    if (!unscales_pixels(resampler)) {
        run_plain(resampler, patch, positions, scratch, out);
        return;
    }
    weft_resampler inner = of_unscaled(resampler);
    int64_t count = patch->window.cols * patch->window.rows;
    double *values = scratch;
    weft_pixel_plane_fill(patch, false, values);
    for (int64_t i = 0; i < count; i++)
        values[i] = values[i] * resampler->value_scale + resampler->value_offset;
    const weft_patch unscaled = {patch->window, WEFT_FLOAT64, values, NULL};
    run_plain(&inner, &unscaled, positions, values + count, out);
}

/* As much as rounding may take of a sum of covered areas. */
#define COVERAGE_ROUNDING 1e-9

void weft_resampler_run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        void *scratch, weft_values out) {
    if (!(resampler->min_coverage > 0)) {
        run_unscaling(resampler, patch, positions, scratch, out);
        return;
    }
    double *covered = scratch, *rest = covered + positions->cols * positions->rows;
    weft_resampler coverage = of_coverage(resampler);
    run_plain(&coverage, patch, positions, rest, (weft_values){WEFT_FLOAT64, covered, NULL, positions->cols});
    run_unscaling(resampler, patch, positions, rest, out);
    for (int64_t row = 0; row < positions->rows; row++)
        for (int64_t col = 0; col < positions->cols; col++)
            if (!(covered[row * positions->cols + col] >= resampler->min_coverage - COVERAGE_ROUNDING))
                weft_values_fill_missing(weft_values_at(out, row, col), 1, 1);
}
