/* Gathers the valid pixels under a footprint with the area it covers of each, then chooses: by one look for min and
 * max, by comparing each with each where they are few, by counting for bytes, and by selection and sorting for the
 * rest.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/footprint/order_kernels.h"

#include "core/multiversion.h"
#include "processors/footprint/footprint.h"
#include "processors/footprint/footprint_lanes.h"
#include "processors/resample/methods.h"
#include "processors/resample/nearest_kernel.h"
#include "processors/resample/pixel_plane.h"
#include "processors/resample/separable_taps.h"

#include <math.h>
#include <string.h>

#define BINS   256
#define COARSE 16
#define FEW    48 /* pairs that are compared each with each */
#define SORTED 12 /* pairs that are sorted by insertion */
#define LONGER 16 /* so many bytes are rather counted */
/* Areas that differ by less, as a share of all that is covered, are a tie: rounding does not decide. */
#define TIE 1e-9

/* Which pixel lies under the centre of a cell, as an index into the window, or -1. */
static int64_t centre_pixel(const weft_resampler *resampler, weft_window window, const weft_positions *positions,
                            int64_t row, int64_t col) {
    int64_t at = row * positions->cols + col;
    int64_t at_col = weft_column_under(resampler, positions->u[at]),
            at_row = weft_row_under(resampler, positions->v[at]);
    if (at_col < 0 || at_row < 0) return -1;
    return (at_row - window.row) * window.cols + weft_column_in(window, resampler->wrap_cols, at_col);
}

static int64_t scratch_bytes(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels) {
    int64_t fixed = (BINS + COARSE) * (int64_t)sizeof(double), max_u, max_v;
    (void)pixels;
    if (!positions->separable) return fixed + 16 * (weft_footprint_max_pixels(resampler, positions) + 1);
    weft_separable_taps_lengths(resampler, positions, &max_u, &max_v);
    fixed += weft_separable_taps_doubles(resampler, positions) * (int64_t)sizeof(double);
    return fixed + 16 * (max_u * max_v + 1);
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

typedef struct pair_int64 {
    int64_t value;
    double area;
} pair_int64;

typedef struct pair_uint64 {
    uint64_t value;
    double area;
} pair_uint64;

#define VALUE                  double
#define PAIR                   weft_sample
#define SUFFIX                 double
#define SOURCE                 weft_pixel_plane
#define IS_MISSING(source, at) isnan((source)->values[at])
#include "processors/footprint/order_of_type.inc"
#undef VALUE
#undef PAIR
#undef SUFFIX
#undef SOURCE
#undef IS_MISSING

#define SOURCE                 weft_patch
#define IS_MISSING(source, at) ((source)->valid != NULL && (source)->valid[at] == 0)
#define VALUE                  int64_t
#define PAIR                   pair_int64
#define SUFFIX                 int64
#include "processors/footprint/order_of_type.inc"
#undef VALUE
#undef PAIR
#undef SUFFIX
#define VALUE  uint64_t
#define PAIR   pair_uint64
#define SUFFIX uint64
#include "processors/footprint/order_of_type.inc"

/* Bytes have 256 values: their areas are added up by value, and by sixteen values at a time, so that few are looked
 * at. `bins` are all zero before and after. */
WEFT_INLINE double choose_byte(const weft_resampler *resampler, const samples_double *from, int offset, double *bins) {
    double *coarse = bins + BINS, total = 0, largest = 0, under = 0, wanted;
    int at = 0, chosen;
    for (int64_t i = 0; i < from->count; i++) {
        int value = (int)from->pairs[i].value + offset;
        bins[value] += from->pairs[i].area;
        coarse[value / COARSE] += from->pairs[i].area;
        total += from->pairs[i].area;
        largest = bins[value] > largest ? bins[value] : largest;
    }
    if (resampler->method->order == WEFT_ORDER_MODE) {
        wanted = largest - TIE * total;
        while (coarse[at] < wanted - TIE * total)
            at++;
        for (chosen = at * COARSE; bins[chosen] < wanted; chosen++) {
        }
    } else {
        wanted = (weft_quantile_share(resampler) - TIE) * total;
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
           resampler->method->summarise == NULL && resampler->method->order != WEFT_ORDER_MIN &&
           resampler->method->order != WEFT_ORDER_MAX;
}

/* Cells that are looked at together where each has a footprint of its own. */
typedef struct order_lanes {
    weft_footprint_lanes lanes;
    int64_t at[WEFT_FOOTPRINT_LANES];
    bool any;
} order_lanes;

/* Begins the next lanes where `col` is the first of some. */
WEFT_INLINE void advance(order_lanes *self, const weft_resampler *resampler, weft_window window,
                         const weft_positions *positions, int64_t row, int64_t col) {
    int64_t rest = positions->cols - col;
    if (positions->separable || col % WEFT_FOOTPRINT_LANES != 0) return;
    self->any = weft_footprint_lanes_make(&self->lanes, resampler, positions, row, col,
                                          rest < WEFT_FOOTPRINT_LANES ? rest : WEFT_FOOTPRINT_LANES);
    if (!self->any) return;
    weft_footprint_lanes_find(&self->lanes, window, resampler->wrap_cols, self->at);
    weft_footprint_lanes_cover(&self->lanes, resampler->mirrored);
}

#define GATHER(name, source, values)                                                                                   \
    do {                                                                                                               \
        int lane = (int)(col % WEFT_FOOTPRINT_LANES);                                                                  \
        advance(&several, resampler, (source)->window, positions, row, col);                                           \
        if (positions->separable)                                                                                      \
            gather_box_##name(&self.taps, source, (source)->window, resampler->wrap_cols, values, col, &from);         \
        else if (several.any && several.lanes.few[lane])                                                               \
            gather_lane_##name(&several.lanes, lane, several.at[lane], source, (source)->window, resampler->wrap_cols, \
                               values, &from);                                                                         \
        else                                                                                                           \
            gather_##name(resampler, source, (source)->window, values, positions, row, col, &from);                    \
    } while (0)

/* The method's result for one cell, from the pixels under it. */
static double cell_result(const weft_resampler *resampler, const weft_positions *positions, int64_t row, int64_t col,
                          const samples_double *from) {
    weft_samples samples = {from->pairs, from->count, NAN};
    weft_footprint footprint;
    if (from->count == 0) return NAN;
    if (resampler->method->adds && weft_footprint_make(resampler, positions, row, col, &footprint))
        samples.footprint = weft_footprint_area(&footprint);
    return resampler->method->summarise(resampler, &samples);
}

WEFT_MULTIVERSION static void row_of(const weft_resampler *resampler, const weft_patch *patch,
                                     const weft_pixel_plane *plane, const weft_positions *positions, int64_t row,
                                     void *scratch, double *out) {
    order_scratch self = begin_row(resampler, plane->window, positions, row, scratch);
    order_lanes several;
    samples_double from = {self.pairs, 0};
    (void)patch;
    bool counted = is_counted(resampler);
    int offset = resampler->source_type == WEFT_INT8 ? 128 : 0;
    for (int64_t col = 0; col < positions->cols; col++) {
        GATHER(double, plane, plane->values);
        if (counted && from.count > LONGER)
            out[col] = choose_byte(resampler, &from, offset, self.bins);
        else if (resampler->method->summarise != NULL)
            out[col] = cell_result(resampler, positions, row, col, &from);
        else if (!choose_double(resampler, &from, &out[col]))
            out[col] = NAN;
    }
}

/* 64-bit integers keep every bit: neither goes by way of doubles. */
#define DEFINE_INTEGER_ROW(type, name)                                                                                 \
    static void variety_row_##name(const weft_resampler *resampler, const weft_patch *patch,                           \
                                   const weft_positions *positions, int64_t row, void *scratch, weft_values out) {     \
        order_scratch self = begin_row(resampler, patch->window, positions, row, scratch);                             \
        order_lanes several;                                                                                           \
        samples_##name from = {self.pairs, 0};                                                                         \
        for (int64_t col = 0; col < positions->cols; col++) {                                                          \
            GATHER(name, patch, patch->values);                                                                        \
            ((uint32_t *)out.values)[col] = (uint32_t)variety_##name(from.pairs, from.count);                          \
            out.valid[col] = from.count > 0;                                                                           \
        }                                                                                                              \
    }                                                                                                                  \
    static void row_##name(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,  \
                           int64_t row, void *scratch, type *out, uint8_t *valid) {                                    \
        order_scratch self = begin_row(resampler, patch->window, positions, row, scratch);                             \
        order_lanes several;                                                                                           \
        samples_##name from = {self.pairs, 0};                                                                         \
        for (int64_t col = 0; col < positions->cols; col++) {                                                          \
            GATHER(name, patch, patch->values);                                                                        \
            out[col] = 0;                                                                                              \
            valid[col] = choose_##name(resampler, &from, &out[col]);                                                   \
        }                                                                                                              \
    }

DEFINE_INTEGER_ROW(int64_t, int64)
DEFINE_INTEGER_ROW(uint64_t, uint64)

/* --- the kernel, and its methods --- */

static bool is_whole(weft_data_type type) {
    return type == WEFT_INT64 || type == WEFT_UINT64;
}

/* 64-bit integers are chosen among, and told apart, as they are: no double holds them all. */
static bool takes_plane(const weft_resampler *resampler, bool separable) {
    (void)separable;
    return !is_whole(resampler->source_type) || !(is_whole(resampler->type) || resampler->method->tells_apart);
}

static bool run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                void *scratch, weft_values out) {
    if (takes_plane(resampler, positions->separable)) return false;
    for (int64_t row = 0; row < positions->rows; row++) {
        weft_values at = weft_values_at(out, row, 0);
        if (resampler->method->tells_apart && patch->type == WEFT_INT64)
            variety_row_int64(resampler, patch, positions, row, scratch, at);
        else if (resampler->method->tells_apart)
            variety_row_uint64(resampler, patch, positions, row, scratch, at);
        else if (patch->type == WEFT_INT64)
            row_int64(resampler, patch, positions, row, scratch, at.values, at.valid);
        else
            row_uint64(resampler, patch, positions, row, scratch, at.values, at.valid);
    }
    return true;
}

const weft_kernel weft_order_kernel = {.corners = true,
                                       .pixel_bytes = sizeof(weft_sample),
                                       .separable_pixel_bytes = sizeof(weft_sample),
                                       .takes_plane = takes_plane,
                                       .scratch_bytes = scratch_bytes,
                                       .run = run,
                                       .row = row_of};

int64_t weft_samples_variety(weft_sample *items, int64_t count) {
    return variety_double(items, count);
}

#define ORDER_METHOD .kernel = &weft_order_kernel, .result = WEFT_RESULT_KEPT, .unscales_pixels = true

const weft_method weft_method_mode = {.choice = {.word = "mode", .synonyms = "majority, modal"},
                                      ORDER_METHOD,
                                      .keeps_classes = true,
                                      .order = WEFT_ORDER_MODE,
                                      .zone = WEFT_ZONE_MODE};
const weft_method weft_method_min = {
    .choice = {.word = "min", .synonyms = "minimum"}, ORDER_METHOD, .order = WEFT_ORDER_MIN, .zone = WEFT_ZONE_MIN};
const weft_method weft_method_max = {
    .choice = {.word = "max", .synonyms = "maximum"}, ORDER_METHOD, .order = WEFT_ORDER_MAX, .zone = WEFT_ZONE_MAX};
const weft_method weft_method_med = {.choice = {.word = "med", .synonyms = "median, q2"},
                                     ORDER_METHOD,
                                     .order = WEFT_ORDER_QUANTILE,
                                     .quantile = 0.5,
                                     .zone = WEFT_ZONE_QUANTILE};
const weft_method weft_method_q1 = {.choice = {.word = "q1", .synonyms = "first quartile"},
                                    ORDER_METHOD,
                                    .order = WEFT_ORDER_QUANTILE,
                                    .quantile = 0.25,
                                    .zone = WEFT_ZONE_QUANTILE};
const weft_method weft_method_q3 = {.choice = {.word = "q3", .synonyms = "third quartile"},
                                    ORDER_METHOD,
                                    .order = WEFT_ORDER_QUANTILE,
                                    .quantile = 0.75,
                                    .zone = WEFT_ZONE_QUANTILE};
const weft_method weft_method_p = {
    .choice = {.word = "p", .synonyms = "percentile, quantile, pct", .first = 1, .last = 99},
    ORDER_METHOD,
    .order = WEFT_ORDER_QUANTILE,
    .zone = WEFT_ZONE_QUANTILE};
