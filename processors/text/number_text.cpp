/* SPDX-License-Identifier: MIT
 *
 * C++ only for std::to_chars; GDAL brings the C++ library along anyway. */
#include "processors/text/number_text.h"

#include <charconv>

static size_t length(const char *out, std::to_chars_result result) {
    return static_cast<size_t>(result.ptr - out);
}

size_t weft_number_text_float(float value, char *out) {
    return length(out, std::to_chars(out, out + WEFT_NUMBER_TEXT_BYTES, value));
}

size_t weft_number_text_double(double value, char *out) {
    return length(out, std::to_chars(out, out + WEFT_NUMBER_TEXT_BYTES, value));
}

size_t weft_number_text_digits(double value, int digits, char *out) {
    return length(out, std::to_chars(out, out + WEFT_NUMBER_TEXT_BYTES, value, std::chars_format::general, digits));
}

double weft_number_rounded(double value, int digits) {
    char text[WEFT_NUMBER_TEXT_BYTES];
    double rounded = value;
    std::from_chars(text, text + weft_number_text_digits(value, digits, text), rounded);
    return rounded;
}

size_t weft_number_text_int(int64_t value, char *out) {
    return length(out, std::to_chars(out, out + WEFT_NUMBER_TEXT_BYTES, value));
}

size_t weft_number_text_uint(uint64_t value, char *out) {
    return length(out, std::to_chars(out, out + WEFT_NUMBER_TEXT_BYTES, value));
}
