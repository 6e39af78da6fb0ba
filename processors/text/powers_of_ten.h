/* Powers of ten to 128 bits. The table is made when weft is built (make_powers_of_ten.c).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_POWERS_OF_TEN_H
#define WEFT_PROCESSORS_POWERS_OF_TEN_H

#include <stdint.h>

#define WEFT_MIN_POWER (-308)
#define WEFT_MAX_POWER 324

/* 10^k is this times a power of two. The highest bit is set, and bits below the lowest are cut off; there are none for
 * 0 <= k <= 55. */
typedef struct weft_power_of_ten {
    uint64_t high, low;
} weft_power_of_ten;

/* From 10^WEFT_MIN_POWER on. */
extern const weft_power_of_ten weft_powers_of_ten[WEFT_MAX_POWER - WEFT_MIN_POWER + 1];

__extension__ typedef unsigned __int128 wide;

static inline const weft_power_of_ten *power_of_ten(int power) {
    return &weft_powers_of_ten[power - WEFT_MIN_POWER];
}

/* floor(log10(2^exponent)) and floor(log2(10^power)), for all exponents of doubles. */
static inline int decimal_exponent(int exponent) {
    return (exponent * 315653) >> 20;
}

static inline int binary_exponent(int power) {
    return (power * 1741647) >> 19;
}

#endif
