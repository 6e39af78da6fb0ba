/* Up to 17 decimal digits and an exponent as text: what the ways from doubles to text share. All write bytes after the
 * text too, within WEFT_NUMBER_TEXT_BYTES; numbers are positive.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_DECIMAL_LAYOUT_H
#define WEFT_PROCESSORS_DECIMAL_LAYOUT_H

#include "processors/text/digit_lanes.h"

#include <stddef.h>

#define MAX_DIGITS 17

static const uint64_t tens[MAX_DIGITS + 1] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
};

/* Writes 24 bytes, the digits and zeros; returns how many there are without zeros at the end, one at least. */
static inline int spread_digits(uint64_t n, int digits, char *out) {
    uint64_t second, third = 0;
    uint32_t nine;
    if (digits <= 9) {
        nine = (uint32_t)(n * tens[9 - digits]);
    } else {
        n *= tens[MAX_DIGITS - digits];
        nine = (uint32_t)(n / tens[8]);
        third = eight_digits((uint32_t)(n % tens[8]));
    }
    second = eight_digits(nine % 100000000);
    out[0] = (char)('0' + nine / 100000000);
    store_digits(second, out + 1);
    store_digits(third, out + 9);
    return 1 + (int)(third != 0 ? 8 + digits_without_zeros(third) : digits_without_zeros(second));
}

/* d.ddde+xx, the exponent with two digits at least. */
static inline size_t scientific(const char *text, int count, int exponent, char *out) {
    size_t at = 0;
    out[at++] = text[0];
    if (count > 1) {
        out[at++] = '.';
        memcpy(out + at, text + 1, MAX_DIGITS - 1);
        at += (size_t)count - 1;
    }
    unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);
    out[at++] = 'e';
    out[at++] = exponent < 0 ? '-' : '+';
    if (magnitude >= 100) out[at++] = (char)('0' + magnitude / 100);
    out[at++] = (char)('0' + magnitude / 10 % 10);
    out[at++] = (char)('0' + magnitude % 10);
    return at;
}

/* ddd.ddd, 0 <= exponent < 17. Copies are of fixed sizes, so that they take no calls. */
static inline size_t plain(const char *text, int count, int exponent, char *out) {
    memcpy(out, text, MAX_DIGITS);
    if (count <= exponent + 1) return (size_t)exponent + 1;
    out[exponent + 1] = '.';
    memcpy(out + exponent + 2, text + exponent + 1, exponent < 8 ? 16 : 8);
    return (size_t)count + 1;
}

/* 0.000ddd, -4 <= exponent < 0. */
static inline size_t small(const char *text, int count, int exponent, char *out) {
    size_t zeros = (size_t)(1 - exponent);
    memcpy(out, "0.000", 5);
    memcpy(out + zeros, text, MAX_DIGITS);
    return zeros + (size_t)count;
}

#endif
