/* A double is m 2^e, so its digits are the whole part of m 2^e 10^k, rounded. With 10^k cut off after 128 bits, that
 * product is known but for two units of its own 128th bit. What is farther from a half than that is rounded rightly;
 * the few others are done again exactly (Loitsch, "Printing Floating-Point Numbers Quickly and Accurately
 * with Integers", 2010, section 5, which counts digits with 64 bits and gives up more often).
 *
 * SPDX-License-Identifier: MIT */
#include "processors/text/number_text.h"

#include "processors/text/decimal_layout.h"
#include "processors/text/powers_of_ten.h"

#include <assert.h>
#include <stdbool.h>

#define EXACT_DIGITS 55 /* 5^55 < 2^128 */

/* A positive number: m 2^exponent, the highest bit of m set and the lowest 11 not. */
typedef struct binary_number {
    uint64_t m;
    int exponent;
} binary_number;

/* A positive number: n 10^(exponent + 1 - digits), where n has as many digits as were asked for. */
typedef struct decimal_number {
    uint64_t n;
    int exponent;
} decimal_number;

/* 128 bits, and the 64 below them. */
typedef struct product {
    uint64_t high, middle, low;
} product;

/* floor(log10(value)): a power of two's, or the next one if that power of ten is under the value. One too low for
 * powers of ten themselves. */
static int exponent_of(binary_number value) {
    int min = decimal_exponent(value.exponent + 63), next = min + 1;
    int same = binary_exponent(next) == value.exponent + 63, over = value.m > power_of_ten(next)->high;
    return min + (same & over);
}

static product multiply(uint64_t a, const weft_power_of_ten *b) {
    wide low = (wide)a * b->low, high = (wide)a * b->high + (uint64_t)(low >> 64);
    return (product){(uint64_t)(high >> 64), (uint64_t)high, (uint64_t)low};
}

/* The number's first digits, rounded to nearest, ties to even. False: the error decides. */
static bool first_digits(binary_number value, int digits, decimal_number *out) {
    int exponent = exponent_of(value), power = digits - 1 - exponent;
    product p = multiply(value.m, power_of_ten(power));
    /* How many of the upper 64 bits are the fraction's: 6 to 63, since 1 <= n < 10^17 < 2^57. */
    int shift = -(value.exponent + binary_exponent(power) - 127 + 128);
    uint64_t n = p.high >> shift, fraction = p.high & ((UINT64_C(1) << shift) - 1), half = UINT64_C(1) << (shift - 1);
    bool exact = (unsigned)power <= EXACT_DIGITS, up = fraction >= half;
    if (exact && fraction == half && p.middle == 0) up = p.low != 0 || n % 2 == 1;
    /* Cut off, the product lies under the truth, and by less than two of its units. */
    if (!exact && fraction == half - 1 && p.middle == UINT64_MAX) return false;
    n += up;
    bool carried = n == tens[digits]; /* 9.99 became 10.0, or it was one */
    *out = (decimal_number){carried ? n / 10 : n, exponent + carried};
    return true;
}

size_t weft_digits_text(double value, int digits, char *out) {
    uint64_t bits;
    char text[32];
    decimal_number number;
    assert(digits >= 1 && digits <= MAX_DIGITS);
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> 52 & 0x7ff);
    binary_number positive = {(bits << 11) | UINT64_C(1) << 63, biased - 1023 - 63};
    size_t sign = bits >> 63;
    *out = '-';
    if (bits << 1 == 0) {
        out[sign] = '0';
        return sign + 1;
    }
    if (biased == 0 || biased == 0x7ff || !first_digits(positive, digits, &number))
        return weft_number_text_digits(value, digits, out);
    int count = spread_digits(number.n, digits, text), exponent = number.exponent;
    if (exponent >= digits || exponent < -4) return sign + scientific(text, count, exponent, out + sign);
    if (exponent < 0) return sign + small(text, count, exponent, out + sign);
    return sign + plain(text, count, exponent, out + sign);
}
