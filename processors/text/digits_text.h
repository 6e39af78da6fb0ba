/* Numbers to text with a given number of significant digits: the bytes of printf's %.*g, without trailing zeros.
 *
 * Normal doubles take one multiplication by a tabulated power of ten; what its error leaves open, and subnormal
 * numbers, go to number_text, which is exact and slow.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_DIGITS_TEXT_H
#define WEFT_PROCESSORS_DIGITS_TEXT_H

#include "processors/text/number_text.h"

/* Writes `value` with `digits` (1 to 17) significant digits to `out`, without a NUL, and returns the length. Rounded as
 * printf rounds: the exact value, ties to even. Infinities are "inf" and "-inf"; NaN is the caller's business. Bytes
 * behind the text are written too: `out` has room for WEFT_NUMBER_TEXT_BYTES. Any thread. */
size_t weft_digits_text(double value, int digits, char *out);

#endif
