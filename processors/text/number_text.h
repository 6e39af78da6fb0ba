/* Numbers to text, by the C++ standard library's std::to_chars: exact and locale-free. float_text, double_text and
 * digits_text are faster where they apply.
 *
 * Each writes to `out`, without a NUL, and returns the length; room for WEFT_NUMBER_TEXT_BYTES is enough. Infinities
 * are "inf" and "-inf"; NaN is the caller's business. Any thread.
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

#ifdef __cplusplus
}
#endif

#endif
