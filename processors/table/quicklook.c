/* SPDX-License-Identifier: MIT
 *
 * Ranks are found by counting: first the upper halves of the floats' bits, then the lower halves under one of them. */
#include "processors/table/quicklook.h"

#include <math.h>
#include <string.h>

/* --- shape --- */

static int64_t part_of(int64_t side, int64_t longest, int64_t max) {
    int64_t pixels = (int64_t)((double)side * (double)max / (double)longest + 0.5);
    return pixels < 1 ? 1 : pixels < side ? pixels : side;
}

weft_quicklook_shape weft_quicklook_shape_fit(int64_t cols, int64_t rows, int64_t max) {
    int64_t longest = cols > rows ? cols : rows;
    if (longest <= max) return (weft_quicklook_shape){cols, rows, cols, rows};
    return (weft_quicklook_shape){cols, rows, part_of(cols, longest, max), part_of(rows, longest, max)};
}

/* The first cell of a pixel; sides are under 2^31, so products fit. */
static int64_t first_cell(int64_t pixel, int64_t cells, int64_t pixels) {
    return (pixel * cells + pixels - 1) / pixels;
}

static int64_t pixel_of(int64_t cell, int64_t cells, int64_t pixels) {
    return cell * pixels / cells;
}

/* The cell under the pixel's middle. With fewer than two cells a pixel that may be one of the pixel before; then its
 * own first one. */
static int64_t middle_cell(int64_t pixel, int64_t cells, int64_t pixels) {
    int64_t middle = (2 * pixel + 1) * cells / (2 * pixels), first = first_cell(pixel, cells, pixels);
    return middle < first ? first : middle;
}

bool weft_quicklook_ends_row(const weft_quicklook_shape *shape, int64_t row) {
    return row + 1 == shape->rows ||
           pixel_of(row + 1, shape->rows, shape->height) != pixel_of(row, shape->rows, shape->height);
}

/* --- gathering --- */

#define DEFINE_ADD(name, type)                                                                                         \
    static void add_##name(const type *cells, const uint8_t *valid, int64_t count, double *sum, int64_t *present) {    \
        double total = *sum;                                                                                           \
        int64_t there = *present;                                                                                      \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            double value = (double)cells[i];                                                                           \
            bool is_there = valid != NULL ? valid[i] != 0 : value == value;                                            \
            total += is_there ? value : 0;                                                                             \
            there += is_there;                                                                                         \
        }                                                                                                              \
        *sum = total;                                                                                                  \
        *present = there;                                                                                              \
    }
WEFT_FOR_EACH_TYPE(DEFINE_ADD)

static void add_cells(weft_values cells, int64_t count, double *sum, int64_t *present) {
    switch (cells.type) {
#define ADD(name, type)                                                                                                \
    case name:                                                                                                         \
        add_##name(cells.values, cells.valid, count, sum, present);                                                    \
        break;
        WEFT_FOR_EACH_TYPE(ADD)
#undef ADD
    }
}

static void add_nearest(weft_quicklook *look, weft_values cells, int64_t row, int64_t col, int64_t count) {
    const weft_quicklook_shape *shape = &look->shape;
    int64_t y = pixel_of(row, shape->rows, shape->height);
    if (middle_cell(y, shape->rows, shape->height) != row) return;
    for (int64_t x = pixel_of(col, shape->cols, shape->width); x < shape->width; x++) {
        int64_t at = middle_cell(x, shape->cols, shape->width);
        if (at < col) continue;
        if (at >= col + count) break;
        add_cells(weft_values_at(cells, 0, at - col), 1, &look->sums[x], &look->counts[x]);
    }
}

void weft_quicklook_add(weft_quicklook *look, weft_values cells, int64_t row, int64_t col, int64_t count) {
    const weft_quicklook_shape *shape = &look->shape;
    if (look->nearest) {
        add_nearest(look, cells, row, col, count);
        return;
    }
    int64_t x = pixel_of(col, shape->cols, shape->width);
    for (int64_t at = col, end; at < col + count; at = end, x++) {
        end = first_cell(x + 1, shape->cols, shape->width);
        if (end > col + count) end = col + count;
        add_cells(weft_values_at(cells, 0, at - col), end - at, &look->sums[x], &look->counts[x]);
    }
}

void weft_quicklook_take_row(weft_quicklook *look, float *out) {
    for (int64_t x = 0; x < look->shape.width; x++)
        out[x] = look->counts[x] > 0 ? (float)(look->sums[x] / (double)look->counts[x]) : NAN;
    memset(look->sums, 0, (size_t)look->shape.width * sizeof *look->sums);
    memset(look->counts, 0, (size_t)look->shape.width * sizeof *look->counts);
}

/* --- the stretch --- */

/* Bits that sort as the floats do. */
static uint32_t key_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? ~bits : bits | UINT32_C(0x80000000);
}

static float value_of(uint32_t key) {
    uint32_t bits = key >> 31 ? key & UINT32_C(0x7fffffff) : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The bin that holds `*rank`, which becomes the rank inside of it. */
static uint32_t find_bin(const uint32_t *bins, int64_t *rank) {
    uint32_t bin = 0;
    while (*rank >= (int64_t)bins[bin])
        *rank -= (int64_t)bins[bin++];
    return bin;
}

static double value_at(const float *values, int64_t count, int64_t rank, uint32_t *bins) {
    memset(bins, 0, WEFT_STRETCH_BINS * sizeof *bins);
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i])) bins[key_of(values[i]) >> 16]++;
    uint32_t upper = find_bin(bins, &rank);
    memset(bins, 0, WEFT_STRETCH_BINS * sizeof *bins);
    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i]) && key_of(values[i]) >> 16 == upper) bins[key_of(values[i]) & 0xffff]++;
    return (double)value_of(upper << 16 | find_bin(bins, &rank));
}

weft_stretch weft_stretch_find(const float *values, int64_t count, uint32_t *bins) {
    weft_stretch out = {.low = NAN, .high = NAN, .min = NAN, .max = NAN, .pixels = count};
    int64_t finite = 0;
    for (int64_t i = 0; i < count; i++) {
        out.present += values[i] == values[i];
        if (!isfinite(values[i])) continue;
        double value = (double)values[i];
        out.min = finite == 0 || value < out.min ? value : out.min;
        out.max = finite == 0 || value > out.max ? value : out.max;
        finite++;
    }
    if (finite == 0) return out;
    out.low = value_at(values, count, (finite - 1) / 50, bins);
    out.high = value_at(values, count, (49 * (finite - 1) + 49) / 50, bins);
    return out;
}
