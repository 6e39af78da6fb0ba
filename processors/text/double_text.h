/* float64 to the shortest text that reads back the same.
 *
 * The text is std::to_chars', byte for byte, at nearly twice its speed: three multiplications by a tabulated power of
 * ten. Subnormal numbers, and whole ones from 10^16 on that are written out, go to number_text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_DOUBLE_TEXT_H
#define WEFT_PROCESSORS_DOUBLE_TEXT_H

#include "processors/text/number_text.h"

/* Writes `value` to `out`, without a NUL, and returns the length. Infinities are "inf" and "-inf"; NaN is the caller's
 * business. Bytes behind the text are written too: `out` has room for WEFT_NUMBER_TEXT_BYTES. Any thread. */
size_t weft_double_text(double value, char *out);

#endif
