/* SPDX-License-Identifier: MIT
 *
 * A row becomes indices into the patch first, -1 where there is none; then one loop a type fetches. Separable positions
 * give one row of columns for the whole band. */
#include "processors/resample/nearest_kernel.h"

#include "core/multiversion.h"
#include "processors/resample/methods.h"
#include "processors/resample/pixel_plane.h"

#include <math.h>

static int64_t scratch_bytes(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    (void)resampler;
    (void)pixels;
    return 2 * positions->cols * (int64_t)sizeof(int32_t);
}

static int32_t column_at(const weft_resampler *resampler, weft_window window, double u) {
    int64_t col = weft_column_under(resampler, u);
    return col < 0 ? -1 : (int32_t)weft_column_in(window, resampler->wrap_cols, col);
}

/* Positions that are not separable, in a source that does not wrap: a loop without branches. */
WEFT_MULTIVERSION static void find_scattered(weft_window window, int64_t source_cols, int64_t source_rows,
                                             const double *restrict u, const double *restrict v, int64_t n,
                                             int32_t *restrict out) {
    double cols = (double)source_cols, rows = (double)source_rows;
    int32_t last_col = (int32_t)(source_cols - 1 - window.col), last_row = (int32_t)(source_rows - 1 - window.row);
    int32_t stride = (int32_t)window.cols;
    for (int64_t i = 0; i < n; i++) {
        bool in = (u[i] >= 0) & (u[i] < cols) & (v[i] >= 0) & (v[i] < rows);
        double inside_u = in ? u[i] + WEFT_EDGE_ROUNDING : (double)window.col;
        double inside_v = in ? v[i] + WEFT_EDGE_ROUNDING : (double)window.row;
        int32_t col = (int32_t)inside_u - (int32_t)window.col, row = (int32_t)inside_v - (int32_t)window.row;
        col = col < last_col ? col : last_col;
        row = row < last_row ? row : last_row;
        out[i] = in ? row * stride + col : -1;
    }
}

/* Indices of a row's pixels. `scratch` holds the columns of a separable band first, from its row 0 on. */
static const int32_t *find_pixels(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                                  int64_t row, int32_t *scratch) {
    int32_t *columns = scratch, *out = scratch + positions->cols;
    if (positions->separable) {
        int64_t at = weft_row_under(resampler, positions->v[row]);
        for (int64_t i = 0; row == 0 && i < positions->cols; i++)
            columns[i] = column_at(resampler, window, positions->u[i]);
        int32_t start = at < 0 ? 0 : (int32_t)((at - window.row) * window.cols);
        for (int64_t i = 0; i < positions->cols; i++)
            out[i] = at >= 0 && columns[i] >= 0 ? start + columns[i] : -1;
        return out;
    }
    const double *u = positions->u + row * positions->cols, *v = positions->v + row * positions->cols;
    if (resampler->wrap_cols == 0) {
        find_scattered(window, resampler->source_cols, resampler->source_rows, u, v, positions->cols, out);
        return out;
    }
    for (int64_t i = 0; i < positions->cols; i++) {
        int64_t at = weft_row_under(resampler, v[i]);
        int32_t col = column_at(resampler, window, u[i]);
        out[i] = at >= 0 && col >= 0 ? (int32_t)((at - window.row) * window.cols) + col : -1;
    }
    return out;
}

/* Fetches a row of pixels of a size; what is missing becomes `missing`. */
#define DEFINE_FETCH(name, type, missing)                                                                              \
    WEFT_MULTIVERSION static void fetch_##name(const weft_patch *patch, const int32_t *restrict pixels, int64_t n,     \
                                               void *restrict out, uint8_t *restrict valid) {                          \
        const type *from = patch->values;                                                                              \
        type *to = out;                                                                                                \
        for (int64_t i = 0; patch->valid == NULL && i < n; i++)                                                        \
            to[i] = pixels[i] >= 0 ? from[pixels[i]] : (type)(missing);                                                \
        for (int64_t i = 0; patch->valid != NULL && i < n; i++)                                                        \
            to[i] = pixels[i] >= 0 && patch->valid[pixels[i]] != 0 ? from[pixels[i]] : (type)(missing);                \
        if (valid == NULL) return;                                                                                     \
        for (int64_t i = 0; patch->valid == NULL && i < n; i++)                                                        \
            valid[i] = pixels[i] >= 0;                                                                                 \
        for (int64_t i = 0; patch->valid != NULL && i < n; i++)                                                        \
            valid[i] = pixels[i] >= 0 && patch->valid[pixels[i]] != 0;                                                 \
    }
DEFINE_FETCH(8, uint8_t, 0)
DEFINE_FETCH(16, uint16_t, 0)
DEFINE_FETCH(32, uint32_t, 0)
DEFINE_FETCH(64, uint64_t, 0)
DEFINE_FETCH(float, float, NAN)
DEFINE_FETCH(double, double, NAN)

static void fetch(const weft_patch *patch, const int32_t *pixels, int64_t n, weft_values out) {
    if (patch->type == WEFT_FLOAT32)
        fetch_float(patch, pixels, n, out.values, NULL);
    else if (patch->type == WEFT_FLOAT64)
        fetch_double(patch, pixels, n, out.values, NULL);
    else if (weft_data_type_size(patch->type) == 1)
        fetch_8(patch, pixels, n, out.values, out.valid);
    else if (weft_data_type_size(patch->type) == 2)
        fetch_16(patch, pixels, n, out.values, out.valid);
    else if (weft_data_type_size(patch->type) == 4)
        fetch_32(patch, pixels, n, out.values, out.valid);
    else
        fetch_64(patch, pixels, n, out.values, out.valid);
}

/* Values, and for integers mask bytes, where nothing unscales them. */
static bool run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                void *scratch, weft_values out) {
    bool scaled = resampler->value_scale != 1 || resampler->value_offset != 0;
    if (scaled || resampler->type != patch->type) return false;
    for (int64_t row = 0; row < positions->rows; row++)
        fetch(patch, find_pixels(resampler, patch->window, positions, row, scratch), positions->cols,
              weft_values_at(out, row, 0));
    return true;
}

/* One pixel as a double. */
static double value_of(const weft_patch *patch, int64_t at) {
    weft_patch one = {{0, 0, 1, 1},
                      patch->type,
                      (const char *)patch->values + at * (int64_t)weft_data_type_size(patch->type),
                      patch->valid != NULL ? patch->valid + at : NULL};
    double value;
    weft_pixel_plane_fill(&one, false, &value);
    return value;
}

static void row_of(const weft_resampler *resampler, const weft_patch *patch, const weft_pixel_plane *plane,
                   const weft_positions *positions, int64_t row, void *scratch, double *out) {
    const int32_t *pixels = find_pixels(resampler, patch->window, positions, row, scratch);
    (void)plane;
    for (int64_t i = 0; i < positions->cols; i++)
        out[i] = pixels[i] >= 0 ? value_of(patch, pixels[i]) : NAN;
}

static bool takes_plane(const weft_resampler *resampler, bool separable) {
    (void)resampler;
    (void)separable;
    return false;
}

static const weft_kernel nearest_kernel = {
    .takes_plane = takes_plane, .scratch_bytes = scratch_bytes, .run = run, .row = row_of};

const weft_method weft_method_nearest = {
    .choice = {.word = "nearest", .aliases = "near", .synonyms = "nn, ngb, nearest neighbour, nearest neighbor"},
    .kernel = &nearest_kernel,
    .result = WEFT_RESULT_KEPT,
    .keeps_classes = true};
