/* Numbers to text: exact and locale-free.
 *
 * Each writes to `out`, without a NUL, and returns the length. Bytes after the text are written too: `out` has room
 * for WEFT_NUMBER_TEXT_BYTES. Infinities are "inf" and "-inf"; NaN is the caller's business. Any thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_NUMBER_TEXT_H
#define WEFT_PROCESSORS_NUMBER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_NUMBER_TEXT_BYTES 32

/* The shortest text that reads back as the same float or double. */
size_t weft_number_text_float(float value, char *out);
size_t weft_number_text_double(double value, char *out);

/* `digits` (1 to 17) significant digits, no trailing zeros, as printf's %.*g. */
size_t weft_number_text_digits(double value, int digits, char *out);

/* The double that reads back from weft_number_text_digits(): `value` rounded to `digits` significant digits. */
double weft_number_rounded(double value, int digits);

size_t weft_number_text_int(int64_t value, char *out);
size_t weft_number_text_uint(uint64_t value, char *out);

/* The same bytes, faster, for most of what a table holds; what a short cut does not settle goes to the functions above.
 * Floats have theirs in float_lanes.h.
 *
 * | function | text                    | the short cut                                                             |
 * | double   | the shortest            | normal numbers: three multiplications by a tabulated power of ten         |
 * | digits   | 1 to 17 digits, rounded | normal numbers: one such multiplication, where its error settles the text |
 */
size_t weft_double_text(double value, char *out);
size_t weft_digits_text(double value, int digits, char *out);

#define WEFT_SMALL_INTEGER 100000000

/* A whole number under WEFT_SMALL_INTEGER. */
size_t weft_small_integer_text(uint32_t value, char *out);

#ifdef __cplusplus
}
#endif

#endif
