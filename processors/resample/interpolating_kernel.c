/* Two ways. A kernel of its own size takes the neighbours of a centre, whose weights follow from its place between
 * them: 64 cells at a time, each step a loop over all of them. A widened kernel takes its taps cell by cell.
 *
 * A cell goes one way or the other by its dataset's scale alone, and both treat a cell that lies near an edge or whose
 * sum is no number with care, so the answer is the cell's own.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/resample/interpolation.h"

#include "processors/lattice/quad.h"
#include "processors/resample/missing.h"
#include "processors/resample/separable_kernel.h"
#include "processors/resample/taps.h"

#include <math.h>
#include <string.h>

#define LANES          WEFT_INTERPOLATION_LANES /* cells that are done together */
#define MAX_NEIGHBOURS 6
#define ROOM           8192 /* weights of widened kernels that are made together */

/* --- what both ways need --- */

/* Taps a kernel has on an axis, and as many more as make whole vectors. */
static int64_t padded_taps(const weft_axis *axis) {
    return (weft_axis_all_taps(axis) + 3) / 4 * 4;
}

typedef struct scratch_parts {
    weft_axis across, down;
    double *weights_u, *weights_v; /* of one cell that needs care */
    int64_t lanes;                 /* widened cells that are done together */
    double *lanes_u, *lanes_v;     /* their weights: lanes * padded_taps() */
    double *sums;                  /* a column of taps each */
} scratch_parts;

static int64_t lay_out(const weft_resampler *resampler, double *memory, scratch_parts *out) {
    weft_axis across = weft_axis_across(resampler, resampler->method);
    weft_axis down = weft_axis_down(resampler, resampler->method);
    int64_t padded_u = padded_taps(&across), padded_v = padded_taps(&down);
    int64_t lanes = ROOM / (padded_u + padded_v);
    lanes = lanes < 1 ? 1 : lanes < LANES ? lanes : LANES;
    const int64_t sizes[] = {
        weft_axis_max_taps(&across, 0),   weft_axis_max_taps(&down, 0),  lanes * padded_u, lanes * padded_v, padded_u,
        weft_axis_table_doubles(&across), weft_axis_table_doubles(&down)};
    double *at[sizeof sizes / sizeof *sizes] = {0};
    int64_t total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (memory != NULL) at[i] = memory + total;
        total += sizes[i];
    }
    *out = (scratch_parts){across, down, at[0], at[1], lanes, at[2], at[3], at[4]};
    if (memory != NULL && weft_axis_table_doubles(&across) > 0) weft_axis_fill_table(&out->across, at[5]);
    if (memory != NULL && weft_axis_table_doubles(&down) > 0) weft_axis_fill_table(&out->down, at[6]);
    return total;
}

static double care_for(const weft_resampler *resampler, const weft_pixel_plane *plane, const scratch_parts *parts,
                       double u, double v) {
    weft_taps across = weft_taps_around(&parts->across, u, parts->weights_u);
    weft_taps down = weft_taps_around(&parts->down, v, parts->weights_v);
    return weft_interpolate_with_care(resampler, plane, u, v, across, parts->weights_u, down, parts->weights_v);
}

/* --- neighbours --- */

/* How many neighbours a kernel of its own size takes on an axis; 0 where it is widened, or they are no faster. */
static int neighbours_of(const weft_axis *axis) {
    int neighbours = (int)(2 * axis->how->support);
    return axis->per_pixel != 1 || axis->how->weigh_neighbours == NULL || neighbours > MAX_NEIGHBOURS ? 0 : neighbours;
}

/* Cells side by side: where the first of their neighbours lies in the plane (-1: not all of them do), and how the
 * neighbours weigh. */
typedef struct lane_block {
    int32_t at[LANES];
    double share_u[LANES], share_v[LANES];
    double weights_u[MAX_NEIGHBOURS][LANES], weights_v[MAX_NEIGHBOURS][LANES];
} lane_block;

/* Positions whose neighbours all lie in the source and in the plane. */
typedef struct inner_part {
    double left, right, top, bottom;
    double first_col, first_row, cols;
    double before; /* neighbours left of the left one of the two around a centre */
    weft_window plane;
    int64_t wrap_cols;
    int neighbours;
} inner_part;

static inner_part find_inner(const weft_resampler *resampler, const weft_pixel_plane *plane, int neighbours) {
    weft_window source = {0, 0, resampler->source_cols, resampler->source_rows}, all = plane->window;
    double margin = 0.5 * neighbours;
    inner_part out = {.first_col = (double)all.col,
                      .first_row = (double)all.row,
                      .cols = (double)all.cols,
                      .before = margin - 1,
                      .plane = all,
                      .wrap_cols = resampler->wrap_cols,
                      .neighbours = neighbours};
    if (all.cols * all.rows > INT32_MAX) return out; /* lanes count in 32 bits: none is inside */
    if (out.wrap_cols > 0) {
        all.col = 0; /* any column is somewhere in the plane, or found not to be */
        all.cols = source.cols = out.wrap_cols;
    }
    weft_window both = weft_window_intersect(all, source);
    bool turns = out.wrap_cols > 0;
    out.left = turns ? 0 : (double)both.col + margin;
    out.right = turns ? (double)out.wrap_cols : (double)(both.col + both.cols) - margin;
    out.top = (double)both.row + margin;
    out.bottom = (double)(both.row + both.rows) - margin;
    return out;
}

WEFT_INLINE void place(const inner_part *inner, const double *restrict u, const double *restrict v, int64_t n,
                       lane_block *restrict block) {
    for (int64_t i = 0; i < n; i++) {
        bool in = (u[i] >= inner->left) & (u[i] < inner->right) & (v[i] >= inner->top) & (v[i] < inner->bottom);
        double at_u = in ? u[i] - 0.5 : 0, at_v = in ? v[i] - 0.5 : 0;
        double left = floor(at_u), top = floor(at_v);
        double at = (top - inner->before - inner->first_row) * inner->cols + (left - inner->before - inner->first_col);
        block->share_u[i] = at_u - left;
        block->share_v[i] = at_v - top;
        block->at[i] = in ? (int32_t)at : -1;
    }
    /* Where the source wraps, the neighbours may be wrap_cols columns away. */
    for (int64_t i = 0; inner->wrap_cols > 0 && i < n; i++) {
        if (!(u[i] >= inner->left && u[i] < inner->right && v[i] >= inner->top && v[i] < inner->bottom)) continue;
        int64_t first = (int64_t)(floor(u[i] - 0.5) - inner->before),
                row = (int64_t)(floor(v[i] - 0.5) - inner->before);
        int64_t start = weft_span_in(inner->plane, inner->wrap_cols, first, inner->neighbours);
        block->at[i] = start < 0 ? -1 : (int32_t)((row - inner->plane.row) * inner->plane.cols + start);
    }
}

/* The neighbours' rows are weighed into one, then that one along its columns. */
WEFT_INLINE double weigh_square(const double *restrict pixels, int64_t stride, const lane_block *restrict block,
                                int64_t lane, int neighbours) {
    double sums[MAX_NEIGHBOURS];
    for (int k = 0; k < neighbours; k++)
        sums[k] = block->weights_v[0][lane] * pixels[k];
    for (int j = 1; j < neighbours; j++)
        for (int k = 0; k < neighbours; k++)
            sums[k] += block->weights_v[j][lane] * pixels[j * stride + k];
    double sum = block->weights_u[0][lane] * sums[0] + block->weights_u[1][lane] * sums[1];
    for (int k = 2; k < neighbours; k += 2)
        sum += block->weights_u[k][lane] * sums[k] + block->weights_u[k + 1][lane] * sums[k + 1];
    return sum;
}

/* The cells of a block, one after the other. */
WEFT_INLINE void weigh_squares(const weft_pixel_plane *plane, const lane_block *restrict block, int64_t n,
                               int neighbours, double *restrict out) {
    for (int64_t i = 0; i < n; i++)
        out[i] = block->at[i] < 0
                     ? NAN
                     : weigh_square(plane->values + block->at[i], plane->window.cols, block, i, neighbours);
}

/* Four neighbours a cell are fetched for several cells at once. */
WEFT_INLINE void weigh_pairs(const weft_pixel_plane *plane, const lane_block *restrict block, int64_t n,
                             double *restrict out) {
    const double *restrict upper = plane->values, *restrict lower = plane->values + plane->window.cols;
    for (int64_t i = 0; i < n; i++) {
        int32_t at = block->at[i] < 0 ? 0 : block->at[i];
        double left = block->weights_v[0][i] * upper[at] + block->weights_v[1][i] * lower[at];
        double right = block->weights_v[0][i] * upper[at + 1] + block->weights_v[1][i] * lower[at + 1];
        double sum = block->weights_u[0][i] * left + block->weights_u[1][i] * right;
        out[i] = block->at[i] < 0 ? NAN : sum;
    }
}

#define DEFINE_LANES(neighbours)                                                                                       \
    WEFT_MULTIVERSION static void lanes_of_##neighbours(const weft_interpolation *how, const inner_part *inner,        \
                                                        const weft_pixel_plane *plane, const double *u,                \
                                                        const double *v, int64_t n, double *restrict out) {            \
        lane_block block;                                                                                              \
        for (int64_t first = 0; first < n; first += LANES) {                                                           \
            int64_t count = n - first < LANES ? n - first : LANES;                                                     \
            if (count < LANES) memset(&block, 0, sizeof block);                                                        \
            place(inner, u + first, v + first, count, &block);                                                         \
            how->weigh_neighbours(block.share_u, block.weights_u);                                                     \
            how->weigh_neighbours(block.share_v, block.weights_v);                                                     \
            if ((neighbours) == 2 && plane->window.cols > 1 && plane->window.rows > 1)                                 \
                weigh_pairs(plane, &block, count, out + first);                                                        \
            else                                                                                                       \
                weigh_squares(plane, &block, count, neighbours, out + first);                                          \
        }                                                                                                              \
    }
DEFINE_LANES(2)
DEFINE_LANES(4)
DEFINE_LANES(6)

static void neighbours_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const inner_part *inner,
                           const double *u, const double *v, int64_t n, double *out) {
    const weft_interpolation *how = resampler->method->interpolation;
    if (inner->neighbours == 2)
        lanes_of_2(how, inner, plane, u, v, n, out);
    else if (inner->neighbours == 4)
        lanes_of_4(how, inner, plane, u, v, n, out);
    else
        lanes_of_6(how, inner, plane, u, v, n, out);
}

/* --- widened kernels --- */

/* The rows of taps are weighed into one, four columns at a time, then that one along its columns. What is past the taps
 * has no weight, and is cleared, since it may be no number. */
WEFT_INLINE double weigh_taps(const double *pixels, int64_t stride, const double *weights_u, const double *weights_v,
                              int64_t taps_u, int64_t taps_v, int64_t padded_u) {
    weft_quad lanes = {0, 0, 0, 0};
    for (int64_t i = 0; i < padded_u; i += WEFT_QUAD) {
        weft_quad sums = {0, 0, 0, 0}, row, weights;
        for (int64_t j = 0; j < taps_v; j++) {
            weft_quad_load(&row, pixels + j * stride + i);
            sums += weights_v[j] * row;
        }
        if (taps_u < i + WEFT_QUAD) weft_quad_keep(&sums, taps_u > i ? taps_u - i : 0);
        weft_quad_load(&weights, weights_u + i);
        lanes += weights * sums;
    }
    return weft_quad_sum(&lanes);
}

/* A cell: where its taps begin in the plane (-1: it needs care), and what their weights add up to. */
typedef struct widened {
    int64_t at;
    double sum;
} widened;

/* The weights of a cell along an axis, not yet normalised; returns their sum. Past the kernel's end they are 0. */
WEFT_INLINE double weigh_axis(const weft_axis *axis, double first, double centre, int64_t padded,
                              double *restrict weights) {
    return axis->how->weigh(axis, first + 0.5 - centre, padded, weights);
}

/* A cell whose taps all lie in the source and, side by side, in the plane. */
WEFT_INLINE widened begin_widened(const weft_resampler *resampler, const weft_pixel_plane *plane,
                                  const scratch_parts *parts, double u, double v, double *weights_u, double *weights_v,
                                  int64_t padded_u, int64_t padded_v) {
    const weft_axis *across = &parts->across, *down = &parts->down;
    int64_t taps_u = weft_axis_all_taps(across), taps_v = weft_axis_all_taps(down);
    if (!(u >= 0 && u < (double)across->size && v >= 0 && v < (double)down->size)) return (widened){-1, 1};
    double first_u = weft_axis_first_tap(across, u), first_v = weft_axis_first_tap(down, v);
    if (first_v < 0 || first_v + (double)taps_v > (double)down->size || taps_u > across->size) return (widened){-1, 1};
    if (!across->wraps && (first_u < 0 || first_u + (double)taps_u > (double)across->size)) return (widened){-1, 1};
    int64_t start = weft_span_in(plane->window, resampler->wrap_cols, (int64_t)first_u, taps_u);
    if (start < 0) return (widened){-1, 1};
    double sum_u = weigh_axis(across, first_u, u, padded_u, weights_u);
    double sum_v = weigh_axis(down, first_v, v, padded_v, weights_v);
    return (widened){((int64_t)first_v - plane->window.row) * plane->window.cols + start, sum_u * sum_v};
}

/* padded_u and padded_v: of both axes; known when this is compiled, where they are few. */
WEFT_INLINE void widened_block(const weft_resampler *resampler, const weft_pixel_plane *plane,
                               const scratch_parts *parts, const double *u, const double *v, int64_t n,
                               int64_t padded_u, int64_t padded_v, double *restrict out) {
    widened cells[LANES];
    double factors[LANES];
    int64_t taps_u = weft_axis_all_taps(&parts->across), taps_v = weft_axis_all_taps(&parts->down);
    for (int64_t i = 0; i < n; i++)
        cells[i] = begin_widened(resampler, plane, parts, u[i], v[i], parts->lanes_u + i * padded_u,
                                 parts->lanes_v + i * padded_v, padded_u, padded_v);
    for (int64_t i = 0; i < n; i++)
        factors[i] = 1 / cells[i].sum;
    for (int64_t i = 0; i < n; i++) {
        if (cells[i].at < 0) {
            out[i] = NAN;
            continue;
        }
        out[i] = factors[i] * weigh_taps(plane->values + cells[i].at, plane->window.cols, parts->lanes_u + i * padded_u,
                                         parts->lanes_v + i * padded_v, taps_u, taps_v, padded_u);
    }
}

#define DEFINE_WIDENED(name, padded_u, padded_v)                                                                       \
    WEFT_MULTIVERSION static void widened_##name(const weft_resampler *resampler, const weft_pixel_plane *plane,       \
                                                 const scratch_parts *parts, const double *u, const double *v,         \
                                                 int64_t n, double *restrict out) {                                    \
        widened_block(resampler, plane, parts, u, v, n, padded_u, padded_v, out);                                      \
    }
DEFINE_WIDENED(4_by_4, 4, 4)
DEFINE_WIDENED(4_by_8, 4, 8)
DEFINE_WIDENED(8_by_4, 8, 4)
DEFINE_WIDENED(8_by_8, 8, 8)
DEFINE_WIDENED(8_by_16, 8, 16)
DEFINE_WIDENED(16_by_8, 16, 8)
DEFINE_WIDENED(16_by_16, 16, 16)
DEFINE_WIDENED(any, padded_taps(&parts->across), padded_taps(&parts->down))

typedef void (*widened_function)(const weft_resampler *, const weft_pixel_plane *, const scratch_parts *,
                                 const double *, const double *, int64_t, double *);

/* Pixels of a geographic raster are often half as wide as high, seen on the grid: so the oblong ones. */
static widened_function choose_widened(int64_t padded_u, int64_t padded_v) {
    static const struct {
        int64_t padded_u, padded_v;
        widened_function function;
    } known[] = {{4, 4, widened_4_by_4},   {4, 8, widened_4_by_8},   {8, 4, widened_8_by_4},    {8, 8, widened_8_by_8},
                 {8, 16, widened_8_by_16}, {16, 8, widened_16_by_8}, {16, 16, widened_16_by_16}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].padded_u == padded_u && known[i].padded_v == padded_v) return known[i].function;
    return widened_any;
}

static void widened_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const scratch_parts *parts,
                        const double *u, const double *v, int64_t n, double *out) {
    widened_function weigh = choose_widened(padded_taps(&parts->across), padded_taps(&parts->down));
    for (int64_t first = 0; first < n; first += parts->lanes) {
        int64_t count = n - first < parts->lanes ? n - first : parts->lanes;
        weigh(resampler, plane, parts, u + first, v + first, count, out + first);
    }
    for (int64_t i = 0; i < n; i++)
        if (out[i] != out[i] && u[i] == u[i]) out[i] = care_for(resampler, plane, parts, u[i], v[i]);
}

/* --- a row --- */

static void scattered_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                          const weft_positions *positions, int64_t row, double *scratch, double *out) {
    scratch_parts parts;
    const double *u = positions->u + row * positions->cols, *v = positions->v + row * positions->cols;
    int64_t cols = positions->cols;
    (void)lay_out(resampler, scratch, &parts);
    int neighbours = neighbours_of(&parts.across) > 0 ? neighbours_of(&parts.down) : 0;
    if (neighbours == 0) {
        widened_row(resampler, plane, &parts, u, v, cols, out);
        return;
    }
    inner_part inner = find_inner(resampler, plane, neighbours);
    neighbours_row(resampler, plane, &inner, u, v, cols, out);
    for (int64_t i = 0; i < cols; i++)
        if (out[i] != out[i] && u[i] == u[i]) out[i] = care_for(resampler, plane, &parts, u[i], v[i]);
}

/* --- the kernel --- */

static bool takes_plane(const weft_resampler *resampler, bool separable) {
    (void)resampler;
    return !separable;
}

static int64_t scratch_bytes(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    scratch_parts unused;
    int64_t doubles =
        positions->separable ? weft_separable_scratch(resampler, positions, pixels) : lay_out(resampler, NULL, &unused);
    return doubles * (int64_t)sizeof(double);
}

static void row_of(const weft_resampler *resampler, const weft_patch *patch, const weft_pixel_plane *plane,
                   const weft_positions *positions, int64_t row, void *scratch, double *out) {
    if (positions->separable)
        weft_separable_row(resampler, patch, positions, row, scratch, out);
    else
        scattered_row(resampler, plane, positions, row, scratch, out);
}

const weft_kernel weft_interpolating_kernel = {
    .separable_pixel_bytes = sizeof(double), .takes_plane = takes_plane, .scratch_bytes = scratch_bytes, .row = row_of};
