/* The shortest decimal between a double's two neighbours (Giulietti, "The Schubfach way to render doubles", 2020).
 *
 * A double c 2^q reads back from everything between the middles to its neighbours. Where 10^k is the largest power of
 * ten that is not wider than that, at least one multiple of 10^k lies there, and at most one of 10^(k+1): if there is
 * one of these it is the shortest text, else the multiple of 10^k that is nearest. The three numbers are compared in
 * quarters of 10^k and rounded to odd, which keeps every comparison with a whole number of quarters right: 10^-k with
 * 126 bits is enough for that (section 9 there), and the table has 128.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/text/number_text.h"

#include "processors/text/decimal_layout.h"
#include "processors/text/powers_of_ten.h"

#include <stdbool.h>

#define FRACTION_BITS  52
#define HIDDEN_BIT     (UINT64_C(1) << FRACTION_BITS)
#define EXPONENT_BIAS  (1023 + FRACTION_BITS)
#define NOT_A_NUMBER   0x7ff
#define EXACT_EXPONENT 15 /* the shortest text of a whole number under 10^16 is the number itself */

/* A positive number: n 10^exponent, n < 10^17. */
typedef struct shortest {
    uint64_t n;
    int exponent;
} shortest;

/* factor (power + 1) 2^-128, with the lowest bit set unless that is whole. The one makes an upper bound of a power that
 * was cut off. It adds less than 2^64 to the product, so that whole ones end in a word of zeros as they should. */
static uint64_t product_to_odd(uint64_t factor, const weft_power_of_ten *power) {
    wide low = (wide)factor * power->low + factor, high = (wide)factor * power->high + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high != 0);
}

/* The shortest decimal that rounds to c 2^q, a normal double; the nearest of several, the even one of two. Which it is
 * cannot be foreseen: it is arithmetic without branches. */
static shortest shortest_of(uint64_t c, int q) {
    /* Below a power of two the neighbour is half as far away: the width is 3/4 2^q, and 131008 2^-20 is log10(4/3). The
     * least normal number is none of these, but its text is the same. */
    bool narrow = c == HIDDEN_BIT;
    int k = narrow ? (q * 315653 - 131008) >> 20 : decimal_exponent(q), shift = q + binary_exponent(-k) + 1;
    const weft_power_of_ten *power = power_of_ten(-k);
    uint64_t value = product_to_odd(4 * c << shift, power);
    /* The middles themselves round to the even one. */
    uint64_t lower = product_to_odd((4 * c - 2 + narrow) << shift, power) + (c & 1);
    uint64_t upper = product_to_odd((4 * c + 2) << shift, power) - (c & 1);
    uint64_t n = value / 4, ten = n / 10 * 10, half = 4 * n + 2;
    bool below = lower <= 4 * ten, above = 4 * ten + 40 <= upper;
    bool lies_under = lower <= 4 * n, lies_over = 4 * n + 4 <= upper;
    bool up = (value > half) | ((value == half) & (n & 1));
    up = lies_under != lies_over ? lies_over : up;
    uint64_t mask = 0 - (uint64_t)(below != above);
    return (shortest){((ten + (above ? 10 : 0)) & mask) | ((n + up) & ~mask), k};
}

/* As std::to_chars chooses: an exponent only where it is shorter. */
static bool is_plain(int count, int exponent) {
    int one = count == 1; /* then an exponent saves the point too */
    return exponent >= one - 4 && exponent <= count + 4 - one;
}

size_t weft_double_text(double value, char *out) {
    uint64_t bits;
    char text[32];
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> FRACTION_BITS & NOT_A_NUMBER);
    size_t sign = bits >> 63;
    *out = '-';
    if (bits << 1 == 0) {
        out[sign] = '0';
        return sign + 1;
    }
    if (biased == 0 || biased == NOT_A_NUMBER) return weft_number_text_double(value, out);
    shortest number = shortest_of((bits & (HIDDEN_BIT - 1)) | HIDDEN_BIT, biased - EXPONENT_BIAS);
    /* 16 or 17 digits: 2^52 <= n, and n < 10 2^53. */
    bool short_by_one = number.n < tens[MAX_DIGITS - 1];
    int exponent = number.exponent + MAX_DIGITS - 1 - short_by_one;
    int count = spread_digits(short_by_one ? 10 * number.n : number.n, MAX_DIGITS, text);
    if (!is_plain(count, exponent)) return sign + scientific(text, count, exponent, out + sign);
    if (exponent > EXACT_EXPONENT) return weft_number_text_double(value, out);
    if (exponent < 0) return sign + small(text, count, exponent, out + sign);
    return sign + plain(text, count, exponent, out + sign);
}
