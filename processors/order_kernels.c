/* Gathers the valid pixels under a footprint with the area it covers of each, then chooses: by one look for min and
 * max, by counting for bytes, by selection for quantiles, and by sorting for the mode.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/order_kernels.h"

#include "processors/footprint.h"
#include "processors/nearest_kernel.h"

#include <math.h>
#include <string.h>

/* The share of the covered area that lies at or under a quantile. */
static double share_of(weft_kernel kernel) {
    return kernel == WEFT_KERNEL_Q1 ? 0.25 : kernel == WEFT_KERNEL_Q3 ? 0.75 : 0.5;
}

static double at_centre(const weft_positions *positions, const double *values, int64_t row, int64_t col, bool down) {
    return values[positions->separable ? (down ? row : col) : row * positions->cols + col];
}

/* Which pixel lies under the centre of a cell, as an index into the window, or -1. */
static int64_t centre_pixel(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                            int64_t row, int64_t col) {
    double u = at_centre(positions, positions->u, row, col, false),
           v = at_centre(positions, positions->v, row, col, true);
    int64_t at_col = weft_column_under(resampler, u), at_row = weft_row_under(resampler, v);
    if (at_col < 0 || at_row < 0) return -1;
    return (at_row - window.row) * window.cols + weft_column_in(window, resampler->wrap_cols, at_col);
}

int64_t weft_order_most_pixels(const weft_resampler *resampler, const weft_positions *positions) {
    int64_t most = 1;
    for (int64_t row = 0; row < positions->rows; row++) {
        for (int64_t col = 0; col < positions->cols; col++) {
            weft_footprint footprint;
            if (!weft_footprint_make(resampler, positions, row, col, &footprint)) continue;
            if (footprint.cols * footprint.rows > most) most = footprint.cols * footprint.rows;
        }
    }
    return most;
}

int64_t weft_order_scratch_bytes(int64_t most_pixels) {
    return 16 * (most_pixels + 1);
}

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define NAME(x)      PASTE(x##_, SUFFIX)

#define VALUE                  double
#define SUFFIX                 double
#define SOURCE                 weft_pixel_plane
#define IS_MISSING(source, at) isnan((source)->values[at])
#include "processors/order_of_type.inc"
#undef VALUE
#undef SUFFIX
#undef SOURCE
#undef IS_MISSING

#define SOURCE                 weft_patch
#define IS_MISSING(source, at) ((source)->valid != NULL && (source)->valid[at] == 0)
#define VALUE                  int64_t
#define SUFFIX                 int64
#include "processors/order_of_type.inc"
#undef VALUE
#undef SUFFIX
#define VALUE  uint64_t
#define SUFFIX uint64
#include "processors/order_of_type.inc"

/* Bytes have 256 values: their areas are added up by value, in order of place. */
static bool choose_byte(const weft_resampler *resampler, const samples_double *from, double *out) {
    double areas[256] = {0}, total = 0, sum = 0;
    int chosen = -1;
    int offset = resampler->source_type == WEFT_INT8 ? 128 : 0;
    for (int64_t i = 0; i < from->count; i++) {
        areas[(int)from->pairs[i].value + offset] += from->pairs[i].area;
        total += from->pairs[i].area;
    }
    for (int value = 0; value < 256; value++) {
        if (areas[value] <= 0) continue;
        if (resampler->kernel == WEFT_KERNEL_MODE) {
            if (chosen < 0 || areas[value] > areas[chosen]) chosen = value;
            continue;
        }
        chosen = value;
        sum += areas[value];
        if (sum >= share_of(resampler->kernel) * total) break;
    }
    *out = chosen - offset;
    return chosen >= 0;
}

static bool is_counted(const weft_resampler *resampler) {
    return (resampler->source_type == WEFT_UINT8 || resampler->source_type == WEFT_INT8) &&
           resampler->kernel != WEFT_KERNEL_MIN && resampler->kernel != WEFT_KERNEL_MAX;
}

void weft_order_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                    int64_t row, void *scratch, double *out) {
    samples_double from = {scratch, 0};
    for (int64_t col = 0; col < positions->cols; col++) {
        gather_double(resampler, plane, plane->window, plane->values, positions, row, col, &from);
        bool found = is_counted(resampler) ? from.count > 0 && choose_byte(resampler, &from, &out[col])
                                           : choose_double(resampler->kernel, &from, &out[col]);
        if (!found) out[col] = NAN;
    }
}

void weft_order_row_int64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                          int64_t row, void *scratch, int64_t *out, uint8_t *valid) {
    samples_int64 from = {scratch, 0};
    for (int64_t col = 0; col < positions->cols; col++) {
        gather_int64(resampler, patch, patch->window, patch->values, positions, row, col, &from);
        out[col] = 0;
        valid[col] = choose_int64(resampler->kernel, &from, &out[col]);
    }
}

void weft_order_row_uint64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                           int64_t row, void *scratch, uint64_t *out, uint8_t *valid) {
    samples_uint64 from = {scratch, 0};
    for (int64_t col = 0; col < positions->cols; col++) {
        gather_uint64(resampler, patch, patch->window, patch->values, positions, row, col, &from);
        out[col] = 0;
        valid[col] = choose_uint64(resampler->kernel, &from, &out[col]);
    }
}
