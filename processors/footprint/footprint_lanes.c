/* SPDX-License-Identifier: MIT
 *
 * No branch depends on a cell, so that four cells or two are done with one instruction. */
#include "processors/footprint/footprint_lanes.h"

#include "core/multiversion.h"
#include "processors/footprint/footprint.h"
#include "processors/lattice/quad.h"
#include "processors/resample/pixel_plane.h"

#include <math.h>
#include <string.h>

#define LANES    WEFT_FOOTPRINT_LANES
#define ROUNDING 1e-12 /* as for single footprints */

WEFT_INLINE double lesser(double a, double b) {
    return a < b ? a : b;
}

WEFT_INLINE double larger(double a, double b) {
    return a > b ? a : b;
}

/* The corners of cells past the last are those of the last. */
static void read_corners(weft_footprint_lanes *out, const weft_positions *positions, int64_t row, int64_t col,
                         int64_t n) {
    static const int down[] = {0, 0, 1, 1}, right[] = {0, 1, 1, 0};
    for (int corner = 0; corner < 4; corner++) {
        int64_t first = weft_positions_corner(positions, row, col, down[corner], right[corner]);
        int64_t step = positions->apart ? 4 : 1;
        for (int64_t i = 0; i < LANES; i++) {
            int64_t at = first + step * (i < n ? i : n - 1);
            out->u[corner][i] = positions->corner_u[at];
            out->v[corner][i] = positions->corner_v[at];
        }
    }
}

static void unwrap(weft_footprint_lanes *out, const double *centres, int64_t n, double wrap) {
    for (int64_t i = 0; i < LANES; i++) {
        double centre = centres[i < n ? i : n - 1];
        for (int corner = 0; corner < 4; corner++)
            out->u[corner][i] -= wrap * round((out->u[corner][i] - centre) / wrap);
    }
}

WEFT_INLINE double cross(double u0, double v0, double u1, double v1, double u2, double v2) {
    return (u1 - u0) * (v2 - v0) - (v1 - v0) * (u2 - u0);
}

WEFT_MULTIVERSION bool weft_footprint_lanes_make(weft_footprint_lanes *out, const weft_resampler *resampler,
                                                 const weft_positions *positions, int64_t row, int64_t col, int64_t n) {
    double wrap = (double)resampler->wrap_cols, way = resampler->mirrored ? -1 : 1;
    double low = wrap > 0 ? -wrap : 0, high = wrap > 0 ? 2 * wrap : (double)resampler->source_cols;
    double bottom = (double)resampler->source_rows, few[LANES];
    read_corners(out, positions, row, col, n);
    for (int corner = 0; corner < 4; corner++) {
        for (int i = 0; i < LANES; i++) {
            out->u[corner][i] = weft_on_edge(out->u[corner][i]);
            out->v[corner][i] = weft_on_edge(out->v[corner][i]);
        }
    }
    if (wrap > 0 && !resampler->runs_on) unwrap(out, positions->u + row * positions->cols + col, n, wrap);
    for (int i = 0; i < LANES; i++) {
        double u0 = out->u[0][i], u1 = out->u[1][i], u2 = out->u[2][i], u3 = out->u[3][i];
        double v0 = out->v[0][i], v1 = out->v[1][i], v2 = out->v[2][i], v3 = out->v[3][i];
        double first = way * cross(u0, v0, u1, v1, u2, v2), second = way * cross(u0, v0, u2, v2, u3, v3);
        double left = floor(lesser(lesser(u0, u1), lesser(u2, u3))),
               right = ceil(larger(larger(u0, u1), larger(u2, u3)));
        double top = floor(lesser(lesser(v0, v1), lesser(v2, v3))), end = ceil(larger(larger(v0, v1), larger(v2, v3)));
        bool turns = (first > 0) & (second > 0),
             inside = (left >= low) & (right <= high) & (top >= 0) & (end <= bottom);
        bool small = (right - left <= WEFT_FOOTPRINT_SIDE) & (end - top <= WEFT_FOOTPRINT_SIDE);
        bool is_few = turns & inside & small & (first + second > 2 * ROUNDING);
        few[i] = is_few ? 1 : 0;
        out->col[i] = is_few ? left : 0;
        out->row[i] = is_few ? top : 0;
        out->cols[i] = is_few ? right - left : 0;
        out->rows[i] = is_few ? end - top : 0;
    }
    for (int corner = 0; corner < 4; corner++) {
        for (int i = 0; i < LANES; i++) {
            out->u[corner][i] = few[i] > 0 ? out->u[corner][i] - out->col[i] : 0;
            out->v[corner][i] = few[i] > 0 ? out->v[corner][i] - out->row[i] : 0;
        }
    }
    double cols = 0, rows = 0;
    for (int i = 0; i < LANES; i++) {
        out->few[i] = few[i] > 0;
        cols = larger(cols, out->cols[i]);
        rows = larger(rows, out->rows[i]);
    }
    out->max_cols = (int)cols;
    out->max_rows = (int)rows;
    return cols > 0;
}

void weft_footprint_lanes_find(const weft_footprint_lanes *lanes, weft_window window, int64_t wrap_cols,
                               int64_t at[WEFT_FOOTPRINT_LANES]) {
    for (int i = 0; i < LANES; i++) {
        int64_t col = weft_span_in(window, wrap_cols, (int64_t)lanes->col[i], (int64_t)lanes->cols[i]);
        at[i] = !lanes->few[i] ? 0 : col < 0 ? -1 : ((int64_t)lanes->row[i] - window.row) * window.cols + col;
    }
}

/* A side of each cell: how far it runs along u for one along v; and the rows that all of them lie between. */
typedef struct sides {
    double slopes[LANES], top, end;
} sides;

/* The part of it within one row of pixels: its ends, half its signed height, and 1 over its width; and the columns that
 * all of them lie between. */
typedef struct side_lanes {
    double from[LANES], to[LANES], half[LANES], inverse[LANES], low, high;
} side_lanes;

/* Each element becomes the lesser of the two. */
WEFT_INLINE void keep_lesser(weft_quad *least, const weft_quad *other) {
    weft_quad_bits is_less = *other < *least;
    *least = (weft_quad)(((weft_quad_bits)*other & is_less) | ((weft_quad_bits)*least & ~is_less));
}

/* The least of `lows` and the largest of `highs`. */
WEFT_INLINE void find_range(const double *restrict lows, const double *restrict highs, double *low, double *high) {
    weft_quad least, most, next;
    weft_quad_load(&least, lows);
    weft_quad_load(&most, highs);
    most = -most;
    for (int i = WEFT_QUAD; i < LANES; i += WEFT_QUAD) {
        weft_quad_load(&next, lows + i);
        keep_lesser(&least, &next);
        weft_quad_load(&next, highs + i);
        next = -next;
        keep_lesser(&most, &next);
    }
    *low = lesser(lesser(least[0], least[1]), lesser(least[2], least[3]));
    *high = -lesser(lesser(most[0], most[1]), lesser(most[2], most[3]));
}

WEFT_INLINE void measure_side(const weft_footprint_lanes *lanes, int side, sides *restrict out) {
    const double *restrict u0 = lanes->u[side], *restrict v0 = lanes->v[side];
    const double *restrict u1 = lanes->u[(side + 1) % 4], *restrict v1 = lanes->v[(side + 1) % 4];
    double tops[LANES], ends[LANES];
    for (int i = 0; i < LANES; i++) {
        double height = v1[i] - v0[i], width = u1[i] - u0[i];
        double slope = width / (height == 0 ? 1 : height);
        out->slopes[i] = height == 0 ? 0 : slope;
        tops[i] = lesser(v0[i], v1[i]);
        ends[i] = larger(v0[i], v1[i]);
    }
    find_range(tops, ends, &out->top, &out->end);
}

WEFT_INLINE void cut_side(const weft_footprint_lanes *lanes, const double *restrict slopes, int side, double row,
                          side_lanes *restrict out) {
    int next = (side + 1) % 4;
    const double *restrict u0 = lanes->u[side], *restrict v0 = lanes->v[side];
    const double *restrict u1 = lanes->u[next], *restrict v1 = lanes->v[next];
    double lows[LANES], highs[LANES];
    for (int i = 0; i < LANES; i++) {
        double from_v = lesser(larger(v0[i], row), row + 1), to_v = lesser(larger(v1[i], row), row + 1);
        double from = from_v == v0[i] ? u0[i] : u0[i] + slopes[i] * (from_v - v0[i]);
        double to = to_v == v1[i] ? u1[i] : u0[i] + slopes[i] * (to_v - v0[i]);
        double width = fabs(from - to), inverse = 1 / (width > 0 ? width : 1);
        out->from[i] = from;
        out->to[i] = to;
        out->half[i] = 0.5 * (to_v - from_v);
        out->inverse[i] = width > 0 ? inverse : 0;
        lows[i] = lesser(from, to);
        highs[i] = larger(from, to);
    }
    find_range(lows, highs, &out->low, &out->high);
}

/* Adds what lies left of a side and of the line `line`: all of it where both ends do, and where the side crosses the
 * line, a triangle beside the rectangle. */
WEFT_INLINE void add_left(const side_lanes *restrict side, double line, double *restrict left) {
    for (int i = 0; i < LANES; i++) {
        double from = side->from[i] - line, to = side->to[i] - line;
        double before_from = lesser(from, 0), before_to = lesser(to, 0);
        double share = larger(from, to) > 0 ? -lesser(before_from, before_to) * side->inverse[i] : 1;
        left[i] += side->half[i] * (2 * line + (before_from + before_to) * share);
    }
}

/* The same where no side crosses the line: all of them lie to the right of it, or all to the left. The bits are those of
 * add_left(), whose `share` is 1, or is multiplied by 0. */
WEFT_INLINE void add_uncrossed(const side_lanes *restrict side, double line, bool to_the_right, double *restrict left) {
    for (int i = 0; i < LANES; i += WEFT_QUAD) {
        weft_quad sum, half, from, to, width = {2 * line, 2 * line, 2 * line, 2 * line};
        weft_quad_load(&sum, left + i);
        weft_quad_load(&half, side->half + i);
        if (!to_the_right) {
            weft_quad_load(&from, side->from + i);
            weft_quad_load(&to, side->to + i);
            width += (from - line) + (to - line);
        }
        sum += half * width;
        weft_quad_store(&sum, left + i);
    }
}

WEFT_MULTIVERSION void weft_footprint_lanes_cover(weft_footprint_lanes *lanes, bool mirrored) {
    double left[WEFT_FOOTPRINT_SIDE][LANES], way = mirrored ? -1 : 1;
    sides all[4];
    for (int side = 0; side < 4; side++)
        measure_side(lanes, side, &all[side]);
    for (int row = 0; row < lanes->max_rows; row++) {
        memset(left, 0, (size_t)lanes->max_cols * sizeof *left);
        for (int side = 0; side < 4; side++) {
            side_lanes cut;
            if (all[side].end <= row || all[side].top >= row + 1) continue;
            cut_side(lanes, all[side].slopes, side, row, &cut);
            for (int col = 0; col < lanes->max_cols; col++) {
                double line = col + 1;
                if (line <= cut.low)
                    add_uncrossed(&cut, line, true, left[col]);
                else if (line >= cut.high)
                    add_uncrossed(&cut, line, false, left[col]);
                else
                    add_left(&cut, line, left[col]);
            }
        }
        for (int col = 0; col < lanes->max_cols; col++) {
            for (int i = 0; i < LANES; i++) {
                double area = way * (col > 0 ? left[col][i] - left[col - 1][i] : left[col][i]);
                area = area > 1 - ROUNDING ? 1 : area;
                lanes->areas[row][col][i] = area > ROUNDING ? area : 0;
            }
        }
    }
}
