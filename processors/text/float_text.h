/* float32 to the shortest text that reads back the same: most of what a table holds, so it has a way of its own.
 *
 * The text is std::to_chars', byte for byte. Values from 1/64 to 2^23, which write as plain decimals, take a short cut
 * in whole numbers of 64 bits; the others, and the powers of two between, go to number_text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FLOAT_TEXT_H
#define WEFT_PROCESSORS_FLOAT_TEXT_H

#include "processors/text/number_text.h"

/* Writes `value` to `out`, without a NUL, and returns the length. Infinities are "inf" and "-inf"; NaN is the caller's
 * business. Bytes behind the text are written too: `out` has room for WEFT_NUMBER_TEXT_BYTES. Any thread. */
size_t weft_float_text(float value, char *out);

#define WEFT_SMALL_INTEGER 100000000

/* The same for a whole number under WEFT_SMALL_WHOLE. */
size_t weft_small_integer_text(uint32_t value, char *out);

#endif
