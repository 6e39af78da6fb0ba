/* SPDX-License-Identifier: MIT
 *
 * A row becomes indices into the patch first, -1 where there is none; then one loop a type fetches. Separable positions
 * give one row of columns for the whole band. */
#include "processors/nearest_kernel.h"

#include "processors/pixel_plane.h"

#include <math.h>

static int64_t column_at(const weft_resampler *resampler, const weft_pixel_plane *where, double u) {
    int64_t col = weft_column_under(resampler, u);
    return col < 0 ? -1 : weft_pixel_plane_column(where, col);
}

int64_t weft_nearest_scratch_bytes(const weft_positions *positions) {
    return 2 * positions->cols * (int64_t)sizeof(int64_t);
}

/* Indices of a row's pixels. `scratch` holds the columns of a separable band first, from its row 0 on. */
static const int64_t *find_pixels(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                                  int64_t row, int64_t *scratch) {
    const weft_pixel_plane where = {window, NULL, resampler->wrap_cols};
    int64_t *columns = scratch, *out = scratch + positions->cols;
    if (positions->separable) {
        int64_t at = weft_row_under(resampler, positions->v[row]);
        for (int64_t i = 0; row == 0 && i < positions->cols; i++)
            columns[i] = column_at(resampler, &where, positions->u[i]);
        int64_t start = (at - window.row) * window.cols;
        for (int64_t i = 0; i < positions->cols; i++)
            out[i] = at >= 0 && columns[i] >= 0 ? start + columns[i] : -1;
        return out;
    }
    const double *u = positions->u + row * positions->cols, *v = positions->v + row * positions->cols;
    for (int64_t i = 0; i < positions->cols; i++) {
        int64_t at = weft_row_under(resampler, v[i]), col = column_at(resampler, &where, u[i]);
        out[i] = at >= 0 && col >= 0 ? (at - window.row) * window.cols + col : -1;
    }
    return out;
}

/* Fetches a row of pixels of a size; what is missing becomes `missing`. */
#define DEFINE_FETCH(name, type, missing)                                                                              \
    static void fetch_##name(const weft_patch *patch, const int64_t *pixels, int64_t n, void *out, uint8_t *valid) {   \
        const type *from = patch->values;                                                                              \
        type *to = out;                                                                                                \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            bool there = pixels[i] >= 0 && (patch->valid == NULL || patch->valid[pixels[i]] != 0);                     \
            to[i] = there ? from[pixels[i]] : (type)(missing);                                                         \
            if (valid != NULL) valid[i] = there;                                                                       \
        }                                                                                                              \
    }
DEFINE_FETCH(8, uint8_t, 0)
DEFINE_FETCH(16, uint16_t, 0)
DEFINE_FETCH(32, uint32_t, 0)
DEFINE_FETCH(64, uint64_t, 0)
DEFINE_FETCH(float, float, NAN)
DEFINE_FETCH(double, double, NAN)

static void fetch(const weft_patch *patch, const int64_t *pixels, int64_t n, weft_values out) {
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

void weft_nearest_run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                      void *scratch, weft_values out) {
    for (int64_t row = 0; row < positions->rows; row++)
        fetch(patch, find_pixels(resampler, patch->window, positions, row, scratch), positions->cols,
              weft_values_at(out, row, 0));
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

void weft_nearest_row(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                      int64_t row, void *scratch, double *out) {
    const int64_t *pixels = find_pixels(resampler, patch->window, positions, row, scratch);
    for (int64_t i = 0; i < positions->cols; i++)
        out[i] = pixels[i] >= 0 ? value_of(patch, pixels[i]) : NAN;
}
