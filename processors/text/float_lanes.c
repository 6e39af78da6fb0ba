/* The shortest decimal between a float's two neighbours, by exact whole-number arithmetic.
 *
 * A float m 2^e rounds to itself from everything within half a step of 2^e. Where 10^k is the largest power of ten that
 * is not over 2^e, at least one multiple of 10^k lies there, and at most one of 10^(k+1): if there is one of these it
 * is the shortest text, else the multiple of 10^k that is nearest (Giulietti, "The Schubfach way to render doubles",
 * 2020). From 1/64 to 2^23, -29 <= e < 0 and 1 <= -k <= 9: 4 m 10^-k is whole and under 2^56, so that no table of
 * rounded powers is needed.
 *
 * The loops over lanes have neither branches nor calls: the compiler makes vector code of them. Look-ups and powers of
 * two, for which it finds none, have loops of their own.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/text/float_lanes.h"

#include "core/multiversion.h"

#include <string.h>

#define LANES         WEFT_FLOAT_LANES
#define SMALLEST_BITS UINT32_C(0x3c800000) /* 1/64 */
#define LARGEST_BITS  UINT32_C(0x4b000000) /* 2^23 */
#define HIDDEN_BIT    (UINT32_C(1) << 23)

static const uint32_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

typedef struct split {
    uint32_t places[LANES], whole[LANES], fraction[LANES];
} split;

/* A float of 1/64 to 2^23 is whole + fraction 2^-places. Others are taken for a number within, and marked. */
WEFT_INLINE void split_values(weft_float_lanes *lanes, split *out) {
    uint32_t bits[LANES];
    memcpy(bits, lanes->values, sizeof bits);
    for (int i = 0; i < LANES; i++) {
        uint32_t magnitude = bits[i] & UINT32_C(0x7fffffff);
        uint32_t inside = magnitude < SMALLEST_BITS ? SMALLEST_BITS : magnitude;
        inside = inside >= LARGEST_BITS ? LARGEST_BITS - 1 : inside;
        uint32_t m = (inside & (HIDDEN_BIT - 1)) | HIDDEN_BIT, places = 127 + 23 - (inside >> 23);
        uint32_t whole = m >> places, fraction = m & ((UINT32_C(1) << places) - 1);
        /* A power of two has a nearer neighbour below. From 1e+05 on, an exponent may be shorter than zeros. */
        lanes->is_plain[i] = (magnitude == inside) & (m != HIDDEN_BIT) & ((fraction != 0) | (whole % 100000 != 0));
        out->places[i] = places;
        out->whole[i] = whole;
        out->fraction[i] = fraction;
    }
}

/* A tenth of a number under 2^32, rounded down: exact (Granlund and Montgomery, "Division by invariant integers using
 * multiplication", 1994). Vectors of 64 bits have no division. */
WEFT_INLINE uint64_t tenth(uint64_t value) {
    return value * UINT64_C(0xcccccccd) >> 35;
}

/* The fraction in units of 10^-9: the shortest number that rounds to the float that it is of. Both of the float's
 * neighbours are a step away, and no whole number lies between. */
WEFT_INLINE void find_shortest(const split *of, uint32_t *nine) {
    uint64_t power[LANES], scale[LANES], shift[LANES], half[LANES];
    for (int i = 0; i < LANES; i++) {
        uint32_t decimals = (of->places[i] * 1233 + 4095) >> 12; /* -floor(-places log10(2)), for these */
        power[i] = powers_of_ten[decimals];
        scale[i] = powers_of_ten[9 - decimals];
        shift[i] = of->places[i] + 2;
        half[i] = UINT64_C(2) << of->places[i];
    }
    for (int i = 0; i < LANES; i++) {
        /* In units of 2^-shift; half[i] is a half in these. */
        uint64_t value = 4 * power[i] * of->fraction[i], below = value >> shift[i], tens = tenth(below + 5) * 10;
        /* A tie of two goes to the even one. */
        uint64_t nearest = (value + half[i] - 1 + (below & 1)) >> shift[i];
        /* Half a step, which is 2 power, is out of the question: that has more places than a float's decimals. */
        int64_t off = (int64_t)(value - (tens << shift[i])), step = (int64_t)(2 * power[i]);
        uint64_t number = (off < step) & (off > -step) ? tens : nearest;
        nine[i] = (uint32_t)(number * scale[i]);
    }
}

/* eight_digits() of each number. */
WEFT_INLINE void spread_eight(const uint32_t *numbers, uint64_t *digits) {
    uint32_t first[LANES], last[LANES];
    for (int i = 0; i < LANES; i++) {
        uint32_t high = numbers[i] / 10000;
        first[i] = four_digits(high);
        last[i] = four_digits(numbers[i] - 10000 * high);
    }
    for (int i = 0; i < LANES; i++)
        digits[i] = first[i] | (uint64_t)last[i] << 32;
}

/* The zeros in front of a number among its eight_digits(), in bits. */
WEFT_INLINE uint32_t leading_bits(uint32_t number) {
    uint32_t more = (uint32_t)(number > 9) + (number > 99) + (number > 999) + (number > 9999) + (number > 99999) +
                    (number > 999999) + (number > 9999999);
    return 56 - 8 * more;
}

WEFT_INLINE void write_digits(const split *of, const uint32_t *nine, weft_float_lanes *out) {
    uint32_t eight[LANES];
    spread_eight(of->whole, out->whole);
    for (int i = 0; i < LANES; i++) {
        uint32_t first = nine[i] / 100000000;
        eight[i] = nine[i] - 100000000 * first;
        out->tenths[i] = first;
        out->leading[i] = leading_bits(of->whole[i]);
    }
    spread_eight(eight, out->others);
}

WEFT_MULTIVERSION void weft_float_lanes_convert(weft_float_lanes *lanes) {
    split parts;
    uint32_t nine[LANES];
    split_values(lanes, &parts);
    find_shortest(&parts, nine);
    write_digits(&parts, nine, lanes);
}
