/* SPDX-License-Identifier: MIT
 *
 * A box, which is what every cell is in the same CRS, needs two subtractions a side; of the rest, each side is walked
 * once, row by row and column by column. */
#include "processors/footprint/footprint.h"

#include "core/multiversion.h"

#include <math.h>
#include <string.h>

#define FEW 64 /* sums that are cleared at once: most footprints have no more */

/* Rounding: an area under this is 0, and one that is within this of 1 is 1. */
#define ROUNDING 1e-12
#define FLAT     1e-9 /* of a footprint's area: so much a triangle may turn the other way by rounding */

WEFT_INLINE double min(const double v[4]) {
    double a = v[0] < v[1] ? v[0] : v[1], b = v[2] < v[3] ? v[2] : v[3];
    return a < b ? a : b;
}

WEFT_INLINE double max(const double v[4]) {
    double a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
    return a > b ? a : b;
}

WEFT_INLINE double cross(const weft_footprint *f, int a, int b, int c) {
    return (f->u[b] - f->u[a]) * (f->v[c] - f->v[a]) - (f->v[b] - f->v[a]) * (f->u[c] - f->u[a]);
}

WEFT_INLINE int64_t clamp(double value, int64_t low, int64_t high) {
    if (value <= (double)low) return low;
    return value >= (double)high ? high : (int64_t)value;
}

/* The four corners; positions that are separable repeat one axis' values along the other. */
WEFT_INLINE void read_corners(const weft_positions *positions, int64_t row, int64_t col, weft_footprint *out) {
    static const int down[] = {0, 0, 1, 1}, right[] = {0, 1, 1, 0};
    for (int i = 0; i < 4; i++) {
        int64_t at = weft_positions_corner(positions, row, col, down[i], right[i]);
        out->u[i] = weft_on_edge(positions->corner_u[positions->separable ? col + right[i] : at]);
        out->v[i] = weft_on_edge(positions->corner_v[positions->separable ? row + down[i] : at]);
    }
}

WEFT_MULTIVERSION bool weft_footprint_make(const weft_resampler *resampler, const weft_positions *positions,
                                           int64_t row, int64_t col, weft_footprint *out) {
    double wrap = (double)resampler->wrap_cols;
    read_corners(positions, row, col, out);
    /* Longitudes are unwrapped near the cell's centre, so that a cell has the same footprint whatever its corners' u. */
    if (wrap > 0 && !resampler->runs_on) {
        double centre = positions->u[positions->separable ? col : row * positions->cols + col];
        for (int i = 0; i < 4; i++)
            out->u[i] -= wrap * round((out->u[i] - centre) / wrap);
    }
    double way = resampler->mirrored ? -1 : 1, first = way * cross(out, 0, 1, 2), second = way * cross(out, 0, 2, 3);
    /* Two corners at a pole coincide, up to rounding, and those that were moved to a map's edge may bend inward: that is
     * no fold. */
    double both = first + second, least = -FLAT * both;
    bool turns = resampler->runs_on ? both > 0 : both > 0 && first >= least && second >= least;
    if (!turns) return false; /* NaN too */
    double left = floor(min(out->u)), right = ceil(max(out->u));
    double top = floor(min(out->v)), bottom = ceil(max(out->v));
    int64_t low = wrap > 0 ? -resampler->wrap_cols : 0;
    int64_t high = wrap > 0 ? 2 * resampler->wrap_cols : resampler->source_cols;
    out->sign = way;
    out->box = out->u[0] == out->u[3] && out->u[1] == out->u[2] && out->v[0] == out->v[1] && out->v[2] == out->v[3];
    out->col = clamp(left, low, high);
    out->row = clamp(top, 0, resampler->source_rows);
    out->cols = clamp(right, low, high) - out->col;
    out->rows = clamp(bottom, 0, resampler->source_rows) - out->row;
    out->within_one =
        right - left == 1 && bottom - top == 1 && out->cols == 1 && out->rows == 1 && first + second > 2 * ROUNDING;
    return true;
}

double weft_footprint_area(const weft_footprint *f) {
    return 0.5 * fabs((f->u[2] - f->u[0]) * (f->v[3] - f->v[1]) - (f->v[2] - f->v[0]) * (f->u[3] - f->u[1]));
}

int64_t weft_footprint_max_pixels(const weft_resampler *resampler, const weft_positions *positions) {
    double wrap = (double)resampler->wrap_cols, width = 0, height = 0;
    int64_t rows = positions->separable ? 1 : positions->rows;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t col = 0; col < positions->cols; col++) {
            weft_footprint f;
            read_corners(positions, row, col, &f);
            double centre = positions->u[row * positions->cols + col];
            for (int i = 0; i < 4 && wrap > 0 && !resampler->runs_on; i++)
                f.u[i] -= wrap * round((f.u[i] - centre) / wrap);
            double wide = max(f.u) - min(f.u), high = max(f.v) - min(f.v);
            width = wide > width ? wide : width;
            height = high > height ? high : height;
        }
    }
    for (int64_t row = 0; positions->separable && row < positions->rows; row++)
        height = fmax(height, fabs(positions->corner_v[row + 1] - positions->corner_v[row]));
    /* A turn that begins within a pixel touches it twice. */
    double max_cols = fmin(ceil(width) + 1, (double)resampler->source_cols + (wrap > 0 ? 1 : 0));
    double max_rows = fmin(ceil(height) + 1, (double)resampler->source_rows);
    return (int64_t)fmin(max_cols * max_rows, (double)(INT64_MAX / 64));
}

/* --- parts --- */

bool weft_footprint_next(const weft_footprint *f, weft_window *part) {
    bool first = weft_window_is_empty(*part);
    if (f->cols * f->rows <= WEFT_FOOTPRINT_AREAS) { /* as a rule there is one part */
        *part = (weft_window){f->col, f->row, f->cols, f->rows};
        return first && f->cols > 0 && f->rows > 0;
    }
    int64_t cols = f->cols < WEFT_FOOTPRINT_AREAS ? f->cols : WEFT_FOOTPRINT_AREAS;
    if (first) {
        *part = (weft_window){f->col, f->row, cols, WEFT_FOOTPRINT_AREAS / cols};
    } else if (part->col + part->cols < f->col + f->cols) {
        part->col += part->cols;
    } else {
        part->col = f->col;
        part->row += part->rows;
    }
    if (part->row >= f->row + f->rows) return false;
    part->cols = f->col + f->cols - part->col < cols ? f->col + f->cols - part->col : cols;
    int64_t rows = WEFT_FOOTPRINT_AREAS / cols, rest = f->row + f->rows - part->row;
    part->rows = rest < rows ? rest : rows;
    return true;
}

/* --- coverage --- */

/* How much of [at, at + 1] lies in [low, high]. */
WEFT_INLINE double overlap(double low, double high, double at) {
    double from = low > at ? low : at, to = high < at + 1 ? high : at + 1;
    return to > from ? to - from : 0;
}

static void cover_box(const weft_footprint *f, weft_window part, double *areas) {
    double left = min(f->u), right = max(f->u), top = min(f->v), bottom = max(f->v);
    double across[WEFT_FOOTPRINT_AREAS];
    for (int64_t i = 0; i < part.cols; i++)
        across[i] = overlap(left, right, (double)(part.col + i));
    for (int64_t j = 0; j < part.rows; j++) {
        double down = overlap(top, bottom, (double)(part.row + j));
        for (int64_t i = 0; i < part.cols; i++)
            areas[j * part.cols + i] = down * across[i];
    }
}

/* One row's sums: cols of them, and one for what lies right of the last. */
typedef struct row_sums {
    double *sums;
    int64_t cols;
} row_sums;

/* Adds a piece of a side that lies within one row, from `from` to `to` along u, with its signed height. */
WEFT_INLINE void add_piece(row_sums row, double from, double to, double height) {
    double low = from < to ? from : to, high = from < to ? to : from, cols = (double)row.cols;
    if (low >= cols) return;
    if (high <= 0) {
        row.sums[0] += height;
        return;
    }
    int64_t at = low > 0 ? (int64_t)low : 0;
    if (high <= (double)(at + 1)) {
        double before = low > 0 ? 0 : low < 0 ? height * -low / (high - low) : 0;
        double middle = 0.5 * ((low > 0 ? low : 0) + high) - (double)at, rest = height - before;
        row.sums[at] += before + rest * (1 - middle);
        row.sums[at + 1] += rest * middle;
        return;
    }
    double per_column = height / (high - low);
    if (low < 0) {
        row.sums[0] += per_column * -low;
        low = 0;
    }
    while (low < high && at < row.cols) {
        double next = high < (double)(at + 1) ? high : (double)(at + 1), part = per_column * (next - low);
        double middle = 0.5 * (low + next) - (double)at;
        row.sums[at] += part * (1 - middle);
        row.sums[at + 1] += part * middle;
        low = next;
        at++;
    }
}

/* Adds one side; u and v from the part's first pixel. */
WEFT_INLINE void add_side(double *sums, weft_window part, double u0, double v0, double u1, double v1) {
    bool up = v0 > v1;
    double top_u = up ? u1 : u0, top_v = up ? v1 : v0, bottom_u = up ? u0 : u1, bottom_v = up ? v0 : v1;
    double direction = up ? -1 : 1, last = (double)part.rows;
    if (bottom_v <= 0 || top_v >= last || top_v == bottom_v) return;
    double slope = (bottom_u - top_u) / (bottom_v - top_v);
    int64_t row = top_v > 0 ? (int64_t)top_v : 0;
    double from_v = top_v > 0 ? top_v : 0, from = top_v > 0 ? top_u : top_u - slope * top_v;
    for (; row < part.rows && from_v < bottom_v; row++) {
        bool ends = bottom_v <= (double)(row + 1);
        double to_v = ends ? bottom_v : (double)(row + 1);
        double to = ends ? bottom_u : top_u + slope * (to_v - top_v);
        add_piece((row_sums){sums + row * (part.cols + 1), part.cols}, from, to, direction * (to_v - from_v));
        from = to;
        from_v = to_v;
    }
}

void weft_footprint_add_side(double *sums, int64_t cols, int64_t rows, double u0, double v0, double u1, double v1) {
    add_side(sums, (weft_window){.cols = cols, .rows = rows}, u0, v0, u1, v1);
}

/* Running sums of a row; where nothing is added for a while, the coverage is constant. */
WEFT_INLINE void run_sums(const double *restrict sums, int64_t cols, double sign, double *restrict areas) {
    double running = 0;
    for (int64_t i = 0; i < cols; i++) {
        running += sums[i];
        /* v grows downward: the right-hand side of a footprint with the grid's orientation goes down. */
        double area = -sign * running;
        area = area > 1 - ROUNDING ? 1 : area;
        areas[i] = area > ROUNDING ? area : 0;
    }
}

WEFT_MULTIVERSION void weft_footprint_cover(const weft_footprint *f, weft_window part, double *areas) {
    double sums[2 * WEFT_FOOTPRINT_AREAS];
    if (f->box) {
        cover_box(f, part, areas);
        return;
    }
    int64_t count = (part.cols + 1) * part.rows;
    memset(sums, 0, FEW * sizeof *sums);
    if (count > FEW) memset(sums + FEW, 0, (size_t)(count - FEW) * sizeof *sums);
    for (int i = 0; i < 4; i++) {
        int j = (i + 1) % 4;
        add_side(sums, part, f->u[i] - (double)part.col, f->v[i] - (double)part.row, f->u[j] - (double)part.col,
                 f->v[j] - (double)part.row);
    }
    for (int64_t row = 0; row < part.rows; row++)
        run_sums(sums + row * (part.cols + 1), part.cols, f->sign, areas + row * part.cols);
}
