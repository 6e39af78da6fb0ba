/* SPDX-License-Identifier: MIT */
#include "stages/rows/place_order.h"

#include "core/window.h"

#include <math.h>
#include <string.h>

#define PART       256 /* pixels a side, at most, of a part */
#define KEY_BITS   (64 - WEFT_PLACE_BITS)
#define DIGIT_BITS 10 /* of a pass of the sort */
#define DIGITS     (1 << DIGIT_BITS)

/* Bits that count from 0 to before n. */
static int bits_of(int64_t n) {
    int bits = 0;
    while (bits < 62 && (INT64_C(1) << bits) < n)
        bits++;
    return bits;
}

void weft_place_cut_make(weft_place_cut *out, int64_t cols, int64_t rows, int64_t block_cols, int64_t block_rows) {
    *out = (weft_place_cut){.cols = cols, .rows = rows, .block_cols = block_cols, .block_rows = block_rows};
    out->block_bits[0] = bits_of(weft_divide_up(cols, block_cols));
    out->block_bits[1] = bits_of(weft_divide_up(rows, block_rows));
    out->part_bits[0] = bits_of(weft_divide_up(block_cols, PART));
    out->part_bits[1] = bits_of(weft_divide_up(block_rows, PART));
    /* Of more blocks than the key can tell apart, several are one. */
    while (out->block_bits[0] + out->block_bits[1] + out->part_bits[0] + out->part_bits[1] > KEY_BITS) {
        int at = out->block_bits[0] > out->block_bits[1] ? 0 : 1;
        *(at == 0 ? &out->block_cols : &out->block_rows) *= 2;
        out->block_bits[at]--;
    }
    out->part_cols = weft_divide_up(out->block_cols, INT64_C(1) << out->part_bits[0]);
    out->part_rows = weft_divide_up(out->block_rows, INT64_C(1) << out->part_bits[1]);
}

/* Bits of both in turn, from the lowest; what one has more of comes on top. */
static uint64_t interleave(uint64_t a, int a_bits, uint64_t b, int b_bits) {
    uint64_t out = 0;
    int at = 0;
    for (int i = 0; i < a_bits || i < b_bits; i++) {
        if (i < a_bits) out |= (a >> i & 1) << at++;
        if (i < b_bits) out |= (b >> i & 1) << at++;
    }
    return out;
}

static int64_t clamp(double value, int64_t size) {
    if (!(value > 0)) return 0; /* NaN too */
    return value < (double)size ? (int64_t)value : size - 1;
}

uint64_t weft_place_item(const weft_place_cut *cut, double u, double v, int64_t number) {
    int64_t col = clamp(u, cut->cols), row = clamp(v, cut->rows);
    uint64_t block_col = (uint64_t)(col / cut->block_cols), block_row = (uint64_t)(row / cut->block_rows);
    uint64_t part_col = (uint64_t)(col % cut->block_cols / cut->part_cols);
    uint64_t part_row = (uint64_t)(row % cut->block_rows / cut->part_rows);
    uint64_t key = interleave(block_col, cut->block_bits[0], block_row, cut->block_bits[1]);
    key = (key << cut->part_bits[1] | part_row) << cut->part_bits[0] | part_col;
    return key << WEFT_PLACE_BITS | (uint64_t)number;
}

/* Least digit first; a pass in which all have the same digit moves nothing and is left out. */
void weft_place_sort(uint64_t *items, uint64_t *other, int64_t count) {
    uint64_t *from = items, *to = other;
    for (int shift = WEFT_PLACE_BITS; shift < 64; shift += DIGIT_BITS) {
        int64_t starts[DIGITS] = {0}, sum = 0;
        for (int64_t i = 0; i < count; i++)
            starts[from[i] >> shift & (DIGITS - 1)]++;
        if (count > 0 && starts[from[0] >> shift & (DIGITS - 1)] == count) continue;
        for (int i = 0; i < DIGITS; i++) {
            int64_t here = starts[i];
            starts[i] = sum;
            sum += here;
        }
        for (int64_t i = 0; i < count; i++)
            to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}
