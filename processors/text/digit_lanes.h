/* Eight decimal digits at once, a byte each: what the fast ways from numbers to text share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_DIGIT_LANES_H
#define WEFT_PROCESSORS_DIGIT_LANES_H

#include "core/multiversion.h"

#include <stdint.h>
#include <string.h>

/* The eight decimal digits of a number under 10^8, a byte each, the first one in the lowest byte: halves, then pairs,
 * then digits, all lanes at once. The divisions by 100 and by 10 are multiplications that are exact there. */
static inline uint64_t eight_digits(uint32_t value) {
    uint64_t halves = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = halves * 10486 >> 20 & UINT64_C(0x0000007f0000007f);
    uint64_t pairs = hundreds | (halves - 100 * hundreds) << 16;
    uint64_t tens = pairs * 103 >> 10 & UINT64_C(0x000f000f000f000f);
    return tens | (pairs - 10 * tens) << 8;
}

/* eight_digits() of a number under 10^4: four. */
WEFT_INLINE uint32_t four_digits(uint32_t value) {
    uint32_t hundreds = value * 5243 >> 19, pairs = hundreds | (value - 100 * hundreds) << 16;
    uint32_t tens = pairs * 103 >> 10 & UINT32_C(0x000f000f);
    return tens | (pairs - 10 * tens) << 8;
}

/* How many of eight_digits() there are without the zeros at the end. */
static inline unsigned digits_without_zeros(uint64_t digits) {
    return digits == 0 ? 0 : 8 - (unsigned)__builtin_clzll(digits) / 8;
}

/* Writes eight_digits() as text: eight bytes. */
static inline void store_digits(uint64_t digits, char *out) {
    digits |= UINT64_C(0x3030303030303030);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    digits = __builtin_bswap64(digits);
#endif
    memcpy(out, &digits, sizeof digits);
}

#endif
