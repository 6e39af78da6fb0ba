/* Gathers the valid pixels under a footprint with the area it covers of each, then chooses: by one look for min and
 * max, by sorting where they are few, by counting for bytes, and by selection and partition for the rest.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/order_kernels.h"

#include "core/multiversion.h"
#include "processors/footprint.h"
#include "processors/nearest_kernel.h"
#include "processors/separable_taps.h"

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

/* Which pixel lies under the centre of a cell, as an index into the window, or -1. */
static int64_t centre_pixel(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                            int64_t row, int64_t col) {
    int64_t at = row * positions->cols + col;
    int64_t at_col = weft_column_under(resampler, positions->u[at]),
            at_row = weft_row_under(resampler, positions->v[at]);
    if (at_col < 0 || at_row < 0) return -1;
    return (at_row - window.row) * window.cols + weft_column_in(window, resampler->wrap_cols, at_col);
}

int64_t weft_order_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions) {
    int64_t fixed = (BINS + COARSE) * (int64_t)sizeof(double), most_u, most_v;
    if (!positions->separable) return fixed + 16 * (weft_footprint_most_pixels(resampler, positions) + 1);
    weft_separable_taps_lengths(resampler, positions, &most_u, &most_v);
    fixed += weft_separable_taps_doubles(resampler, positions) * (int64_t)sizeof(double);
    return fixed + 16 * (most_u * most_v + 1);
}

/* Where a band keeps its taps, if it is separable, and its samples, in scratch. */
typedef struct order_scratch {
    weft_separable_taps taps;
    double *bins;
    void *pairs;
} order_scratch;

static order_scratch begin_row(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                               int64_t row, void *memory) {
    order_scratch out = {.bins = memory};
    double *rest = out.bins + BINS + COARSE;
    memset(out.bins, 0, (BINS + COARSE) * sizeof *out.bins);
    if (positions->separable) {
        weft_separable_taps_make(&out.taps, resampler, window, positions, row, rest);
        rest = out.taps.end;
    }
    out.pairs = rest;
    return out;
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

#define GATHER(name, source, values)                                                                                   \
    do {                                                                                                               \
        if (positions->separable)                                                                                      \
            gather_box_##name(&self.taps, source, (source)->window, resampler->wrap_cols, values, col, &from);         \
        else                                                                                                           \
            gather_##name(resampler, source, (source)->window, values, positions, row, col, &from);                    \
    } while (0)

WEFT_MULTIVERSION void weft_order_row(const weft_resampler *resampler, const weft_pixel_plane *plane,
                                      const weft_positions *positions, int64_t row, void *scratch, double *out) {
    order_scratch self = begin_row(resampler, plane->window, positions, row, scratch);
    samples_double from = {self.pairs, 0};
    bool counted = is_counted(resampler);
    int offset = resampler->source_type == WEFT_INT8 ? 128 : 0;
    for (int64_t col = 0; col < positions->cols; col++) {
        GATHER(double, plane, plane->values);
        if (counted && from.count > FEW)
            out[col] = choose_byte(resampler->kernel, &from, offset, self.bins);
        else if (!choose_double(resampler->kernel, &from, &out[col]))
            out[col] = NAN;
    }
}

void weft_order_row_int64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                          int64_t row, void *scratch, int64_t *out, uint8_t *valid) {
    order_scratch self = begin_row(resampler, patch->window, positions, row, scratch);
    samples_int64 from = {self.pairs, 0};
    for (int64_t col = 0; col < positions->cols; col++) {
        GATHER(int64, patch, patch->values);
        out[col] = 0;
        valid[col] = choose_int64(resampler->kernel, &from, &out[col]);
    }
}

void weft_order_row_uint64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                           int64_t row, void *scratch, uint64_t *out, uint8_t *valid) {
    order_scratch self = begin_row(resampler, patch->window, positions, row, scratch);
    samples_uint64 from = {self.pairs, 0};
    for (int64_t col = 0; col < positions->cols; col++) {
        GATHER(uint64, patch, patch->values);
        out[col] = 0;
        valid[col] = choose_uint64(resampler->kernel, &from, &out[col]);
    }
}
