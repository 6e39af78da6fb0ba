/* Gathers the valid pixels under a footprint with the area it covers of each, then chooses: by one look for min and
 * max, by sorting where they are few, by counting for bytes, and by selection and partition for the rest.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/order_kernels.h"

#include "core/multiversion.h"
#include "processors/footprint.h"
#include "processors/nearest_kernel.h"

#include <math.h>
#include <string.h>

#define BINS   256
#define COARSE 16
/* So few pairs are sorted at once. */
#define FEW 12
/* Areas that differ by less, as a share of all that is covered, are a tie: rounding does not decide. */
#define TIE 1e-9

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

int64_t weft_order_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions) {
    return 16 * (weft_footprint_most_pixels(resampler, positions) + 1) + (BINS + COARSE) * (int64_t)sizeof(double);
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

/* Bytes have 256 values: their areas are added up by value, and by sixteen values at a time, so that few are looked
 * at. `bins` are all zero before and after. */
WEFT_INLINE double choose_byte(weft_kernel kernel, const samples_double *from, int offset, double *bins) {
    double *coarse = bins + BINS, total = 0, largest = 0, under = 0, wanted;
    int at = 0, chosen;
    for (int64_t i = 0; i < from->count; i++) {
        int value = (int)from->pairs[i].value + offset;
        bins[value] += from->pairs[i].area;
        coarse[value / COARSE] += from->pairs[i].area;
        total += from->pairs[i].area;
        largest = bins[value] > largest ? bins[value] : largest;
    }
    if (kernel == WEFT_KERNEL_MODE) {
        wanted = largest - TIE * total;
        while (coarse[at] < wanted - TIE * total)
            at++;
        for (chosen = at * COARSE; bins[chosen] < wanted; chosen++) {
        }
    } else {
        wanted = (share_of(kernel) - TIE) * total;
        while (at < COARSE - 1 && under + coarse[at] < wanted)
            under += coarse[at++];
        for (chosen = at * COARSE; chosen < BINS - 1; chosen++) {
            under += bins[chosen];
            if (bins[chosen] > 0 && under >= wanted) break;
        }
    }
    for (int64_t i = 0; i < from->count; i++)
        bins[(int)from->pairs[i].value + offset] = 0;
    memset(coarse, 0, COARSE * sizeof *coarse);
    return chosen - offset;
}

static bool is_counted(const weft_resampler *resampler) {
    return (resampler->source_type == WEFT_UINT8 || resampler->source_type == WEFT_INT8) &&
           resampler->kernel != WEFT_KERNEL_MIN && resampler->kernel != WEFT_KERNEL_MAX;
}

WEFT_MULTIVERSION void weft_order_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                                      const weft_positions *positions, int64_t row, void *scratch, double *out) {
    double *bins = scratch;
    samples_double from = {(pair_double *)(bins + BINS + COARSE), 0};
    bool counted = is_counted(resampler);
    int offset = resampler->source_type == WEFT_INT8 ? 128 : 0;
    memset(bins, 0, (BINS + COARSE) * sizeof *bins);
    for (int64_t col = 0; col < positions->cols; col++) {
        gather_double(resampler, plane, plane->window, plane->values, positions, row, col, &from);
        if (counted && from.count > FEW)
            out[col] = choose_byte(resampler->kernel, &from, offset, bins);
        else if (!choose_double(resampler->kernel, &from, &out[col]))
            out[col] = NAN;
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
