/* SPDX-License-Identifier: MIT
 *
 * "-34.8712" is the whole number 348712 over 10^4. A double holds whole numbers to 2^53 and powers of ten to 10^22
 * exactly, and a division of two exact numbers is rounded once: so the quotient is the nearest double, which is what
 * strtod() gives (Clinger 1990). It reads all else: more digits, exponents, "inf", "0x1". */
#include "raster/vector/decimal.h"

#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#define MOST_DIGITS 15 /* 10^15 is under 2^53 */

static const double powers[MOST_DIGITS + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Whether a number goes on with it: an exponent, "0x", another point. */
static bool goes_on(char c) {
    return c == 'e' || c == 'E' || c == 'x' || c == 'X' || c == '.';
}

/* False: not one of those that are short. */
static bool read_short(const char *text, const char **end, double *out) {
    const char *at = text + (*text == '-');
    uint64_t whole = 0;
    int digits = 0, decimals = 0;
    for (; is_digit(*at); at++, digits++)
        if (digits < MOST_DIGITS) whole = whole * 10 + (uint64_t)(*at - '0');
    if (*at == '.') {
        for (at++; is_digit(*at); at++, digits++, decimals++)
            if (digits < MOST_DIGITS) whole = whole * 10 + (uint64_t)(*at - '0');
    }
    if (digits == 0 || digits > MOST_DIGITS || goes_on(*at)) return false;
    double value = (double)whole / powers[decimals];
    *out = *text == '-' ? -value : value;
    *end = at;
    return true;
}

double weft_decimal_read(const char *text, const char **end) {
    double out;
    char *after;
    /* Where numbers are held wider than a double they are rounded twice. */
    if (FLT_EVAL_METHOD == 0 && read_short(text, end, &out)) return out;
    out = strtod(text, &after);
    *end = after;
    return out;
}
