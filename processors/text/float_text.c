/* The shortest decimal between a float's two neighbours, by exact whole-number arithmetic.
 *
 * A float m 2^e rounds to itself from everything within half a step of 2^e. Where 10^k is the largest power of ten that
 * is not over 2^e, at least one multiple of 10^k lies there, and at most one of 10^(k+1): if there is one of these it
 * is the shortest text, else the multiple of 10^k that is nearest (Giulietti, "The Schubfach way to render doubles",
 * 2020). From 1/64 to 2^23, -29 <= e < 0 and 1 <= -k <= 9: 4 m 10^-k is whole and under 2^56, so that no table of
 * rounded powers is needed.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/text/number_text.h"

#include "processors/text/digit_lanes.h"

#define SMALLEST_BITS UINT32_C(0x3c800000) /* 1/64 */
#define LARGEST_BITS  UINT32_C(0x4b000000) /* 2^23 */
#define HIDDEN_BIT    (UINT32_C(1) << 23)

static const uint64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* eight_digits() of a number under 10^4: four. */
static uint32_t four_digits(uint32_t value) {
    uint32_t hundreds = value * 5243 >> 19, pairs = hundreds | (value - 100 * hundreds) << 16;
    uint32_t tens = pairs * 103 >> 10 & UINT32_C(0x000f000f);
    return tens | (pairs - 10 * tens) << 8;
}

size_t weft_small_integer_text(uint32_t value, char *out) {
    /* The last digit stays, zero or not. */
    if (value < 10000) {
        uint32_t digits = four_digits(value), skipped = (uint32_t)__builtin_ctz(digits | UINT32_C(1) << 24) / 8;
        store_digits(digits >> 8 * skipped, out);
        return 4 - skipped;
    }
    uint64_t digits = eight_digits(value), skipped = (uint64_t)__builtin_ctzll(digits) / 8;
    store_digits(digits >> 8 * skipped, out);
    return 8 - skipped;
}

/* Writes a point and `decimals` digits, without the zeros at their end; 0 < number < 10^decimals, decimals <= 9. */
static size_t fraction_text(uint64_t number, int decimals, char *out) {
    uint32_t nine = (uint32_t)(number * powers_of_ten[9 - decimals]), first = nine / 100000000;
    uint64_t others = eight_digits(nine % 100000000);
    out[0] = '.';
    out[1] = (char)('0' + first);
    store_digits(others, out + 2);
    /* Eight zero digits leave the first one. */
    return 2 + (size_t)digits_without_zeros(others);
}

/* A fraction f 2^-places in units of 10^-decimals: the shortest number that rounds to the float that it is of. Both of
 * the float's neighbours are a step away, and no whole number lies between. What is nearest cannot be foreseen: it is
 * arithmetic without branches. */
static uint64_t shortest_fraction(uint32_t f, int places, int decimals) {
    uint64_t power = powers_of_ten[decimals], value = 4 * power * f, half = UINT64_C(2) << places;
    uint64_t below = value >> (places + 2), tens = (below + 5) / 10 * 10;
    /* A tie of two goes to the even one. */
    uint64_t nearest = (value + half - 1 + (below & 1)) >> (places + 2);
    int64_t off = (int64_t)(value - (tens << (places + 2)));
    uint64_t distance = (uint64_t)(off < 0 ? -off : off);
    /* Half a step away is out of the question: that has more places than a float's decimals. */
    uint64_t mask = 0 - (uint64_t)(distance < 2 * power);
    return (tens & mask) | (nearest & ~mask);
}

size_t weft_float_text(float value, char *out) {
    uint32_t bits, magnitude, m;
    memcpy(&bits, &value, sizeof bits);
    magnitude = bits & UINT32_C(0x7fffffff);
    m = (magnitude & (HIDDEN_BIT - 1)) | HIDDEN_BIT;
    if (magnitude < SMALLEST_BITS || magnitude >= LARGEST_BITS || m == HIDDEN_BIT)
        return weft_number_text_float(value, out);
    int places = 127 + 23 - (int)(magnitude >> 23);
    uint32_t whole = m >> places, fraction = m & ((UINT32_C(1) << places) - 1);
    size_t at = bits >> 31;
    *out = '-';
    /* From 1e+05 on, an exponent may be shorter than zeros. */
    if (fraction == 0 && whole % 100000 == 0) return weft_number_text_float(value, out);
    at += weft_small_integer_text(whole, out + at);
    if (fraction == 0) return at;
    int decimals = (places * 1233 + 4095) >> 12; /* -floor(-places log10(2)), for these */
    return at + fraction_text(shortest_fraction(fraction, places, decimals), decimals, out + at);
}
