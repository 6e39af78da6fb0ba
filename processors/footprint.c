/* SPDX-License-Identifier: MIT
 *
 * A box, which is what every cell is in the same CRS, needs two subtractions; the rest goes side by side. */
#include "processors/footprint.h"

#include <math.h>
#include <string.h>

/* Areas under this are what rounding leaves of nothing, and those that lack no more are whole: whole pixels tie. */
#define ROUNDING 1e-12

static double cross(const weft_footprint *f, int a, int b, int c) {
    return (f->u[b] - f->u[a]) * (f->v[c] - f->v[a]) - (f->v[b] - f->v[a]) * (f->u[c] - f->u[a]);
}

static double least(const double v[4]) {
    return fmin(fmin(v[0], v[1]), fmin(v[2], v[3]));
}

static double most(const double v[4]) {
    return fmax(fmax(v[0], v[1]), fmax(v[2], v[3]));
}

static int64_t clamp(double value, int64_t low, int64_t high) {
    if (value <= (double)low) return low;
    return value >= (double)high ? high : (int64_t)value;
}

/* The four corners; positions that are separable repeat one axis' values along the other. */
static void read_corners(const weft_positions *positions, int64_t row, int64_t col, weft_footprint *out) {
    static const int down[] = {0, 0, 1, 1}, right[] = {0, 1, 1, 0};
    for (int i = 0; i < 4; i++) {
        int64_t at_row = row + down[i], at_col = col + right[i], at = at_row * (positions->cols + 1) + at_col;
        out->u[i] = weft_on_edge(positions->corner_u[positions->separable ? at_col : at]);
        out->v[i] = weft_on_edge(positions->corner_v[positions->separable ? at_row : at]);
    }
}

bool weft_footprint_make(const weft_resampler *resampler, const weft_positions *positions, int64_t row, int64_t col,
                         weft_footprint *out) {
    double wrap = (double)resampler->wrap_cols, sum = 0;
    double centre = positions->u[positions->separable ? col : row * positions->cols + col];
    read_corners(positions, row, col, out);
    for (int j = 0; j < 4; j++)
        sum += out->u[j] + out->v[j];
    if (isnan(sum)) return false;
    /* Longitudes are unwrapped near the centre, so that every cell of a place has one footprint. */
    for (int j = 0; j < 4 && wrap > 0; j++)
        out->u[j] -= wrap * round((out->u[j] - centre) / wrap);
    double first = cross(out, 0, 1, 2), second = cross(out, 0, 2, 3);
    if (!(first * second > 0)) return false;
    out->sign = first > 0 ? 1 : -1;
    out->box = out->u[0] == out->u[3] && out->u[1] == out->u[2] && out->v[0] == out->v[1] && out->v[2] == out->v[3];
    int64_t left = wrap > 0 ? -resampler->wrap_cols : 0;
    int64_t right = wrap > 0 ? 2 * resampler->wrap_cols : resampler->source_cols;
    int64_t end = clamp(ceil(most(out->u)), left, right), bottom = clamp(ceil(most(out->v)), 0, resampler->source_rows);
    out->col = clamp(floor(least(out->u)), left, right);
    out->row = clamp(floor(least(out->v)), 0, resampler->source_rows);
    out->cols = end - out->col;
    out->rows = bottom - out->row;
    return true;
}

/* How much of [at, at + 1] lies in [low, high]. */
static double overlap(double low, double high, double at) {
    double covered = fmin(high, at + 1) - fmax(low, at);
    return covered > 0 ? covered : 0;
}

static void cover_box(const weft_footprint *f, int64_t col, int64_t row, int64_t n, double *coverage) {
    double left = fmin(f->u[0], f->u[1]), right = fmax(f->u[0], f->u[1]);
    double down = overlap(fmin(f->v[0], f->v[2]), fmax(f->v[0], f->v[2]), (double)row);
    for (int64_t i = 0; i < n; i++)
        coverage[i] = down * overlap(left, right, (double)(col + i));
}

/* Adds a piece of a side that lies within one pixel column or left of the span: `height` is its signed height within
 * the row, `middle` its mean u from the span's first column. */
static void add_piece(double *sums, int64_t n, double middle, double height) {
    if (middle < 0) {
        sums[0] += height;
        return;
    }
    int64_t at = (int64_t)middle;
    if (at >= n) return;
    double inside = 1 - (middle - (double)at);
    sums[at] += height * inside;
    sums[at + 1] += height * (1 - inside);
}

/* Adds one side, clipped to the row, cut at the pixels' columns. u from the span's first column. */
static void add_side(double *sums, int64_t n, double u0, double v0, double u1, double v1, double row) {
    double direction = 1;
    if (v0 > v1) {
        double u = u0, v = v0;
        u0 = u1, v0 = v1, u1 = u, v1 = v;
        direction = -1;
    }
    if (v1 <= row || v0 >= row + 1 || v0 == v1) return;
    double slope = (u1 - u0) / (v1 - v0);
    double top = fmax(v0, row), bottom = fmin(v1, row + 1);
    double from = v0 >= row ? u0 : u0 + slope * (row - v0), to = v1 <= row + 1 ? u1 : u0 + slope * (row + 1 - v0);
    double height = bottom - top, width = to - from;
    double low = fmin(from, to), high = fmax(from, to);
    if (high <= 0 || floor(low) == floor(high) || width == 0) {
        add_piece(sums, n, high <= 0 ? -1 : 0.5 * (from + to), direction * height);
        return;
    }
    double per_column = height / (high - low);
    if (low < 0) {
        sums[0] += direction * per_column * -low;
        low = 0;
    }
    while (low < high && low < (double)n) {
        double next = fmin(floor(low) + 1, high);
        add_piece(sums, n, 0.5 * (low + next), direction * per_column * (next - low));
        low = next;
    }
}

void weft_footprint_cover(const weft_footprint *f, int64_t col, int64_t row, int64_t n, double *coverage) {
    double sums[WEFT_FOOTPRINT_SPAN + 1];
    if (f->box) {
        cover_box(f, col, row, n, coverage);
        return;
    }
    memset(sums, 0, (size_t)(n + 1) * sizeof *sums);
    for (int i = 0; i < 4; i++) {
        int j = (i + 1) % 4;
        add_side(sums, n, f->u[i] - (double)col, f->v[i], f->u[j] - (double)col, f->v[j], (double)row);
    }
    /* v grows downward: the right-hand side of a footprint that turns as the grid does goes down. */
    double running = 0;
    for (int64_t i = 0; i < n; i++) {
        running += sums[i];
        double area = -f->sign * running;
        coverage[i] = area < ROUNDING ? 0 : area > 1 - ROUNDING ? 1 : area;
    }
}
