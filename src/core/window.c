/* SPDX-License-Identifier: MIT
 *
 * Rectangles of cells, and multiplication that says when it would not fit. */
#include "core/window.h"

weft_window weft_window_intersect(weft_window a, weft_window b) {
    int64_t col = weft_larger(a.col, b.col), col_end = weft_smaller(a.col + a.cols, b.col + b.cols);
    int64_t row = weft_larger(a.row, b.row), row_end = weft_smaller(a.row + a.rows, b.row + b.rows);
    if (col_end <= col || row_end <= row) return (weft_window){col, row, 0, 0};
    return (weft_window){col, row, col_end - col, row_end - row};
}

bool weft_window_is_empty(weft_window window) {
    return window.cols <= 0 || window.rows <= 0;
}

bool weft_checked_mul(int64_t a, int64_t b, int64_t *out) {
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product)) return false;
    *out = product;
    return true;
}

bool weft_checked_add(int64_t a, int64_t b, int64_t *out) {
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) return false;
    *out = sum;
    return true;
}
