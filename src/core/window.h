/* A rectangle of whole cells or pixels, and arithmetic on sizes that come from files and users.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_WINDOW_H
#define WEFT_CORE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* Half-open: columns col .. col + cols - 1, rows row .. row + rows - 1. Row 0 is the top. */
typedef struct weft_window {
    int64_t col, row, cols, rows;
} weft_window;

/* The part two windows share; cols and rows are 0 where they share nothing. */
weft_window weft_window_intersect(weft_window a, weft_window b);
bool weft_window_is_empty(weft_window window);

/* False, and `*out` untouched, when the result does not fit 63 bits. Arguments are not negative. */
bool weft_checked_mul(int64_t a, int64_t b, int64_t *out);
bool weft_checked_add(int64_t a, int64_t b, int64_t *out);

static inline int64_t weft_smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline int64_t weft_larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* a / b, rounded up. a >= 0, b > 0. */
static inline int64_t weft_divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

#define WEFT_ALIGNMENT 64 /* bytes: a cache line, which is also what vector loads want */

/* `bytes` rounded up to WEFT_ALIGNMENT: where the next array may begin in memory that holds several. */
static inline int64_t weft_align(int64_t bytes) {
    return weft_divide_up(bytes, WEFT_ALIGNMENT) * WEFT_ALIGNMENT;
}

/* a / b, rounded down also where one of them is negative. `b` is not 0. */
static inline int64_t weft_floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

#endif
