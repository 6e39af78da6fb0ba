/* The shortest text of many floats at once: the arithmetic is done side by side, the text is put together one by one.
 *
 * The text is that of weft_number_text_float(). Any thread, with lanes of its own; nothing is allocated.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FLOAT_LANES_H
#define WEFT_PROCESSORS_FLOAT_LANES_H

#include "processors/text/digit_lanes.h"
#include "processors/text/number_text.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WEFT_FLOAT_LANES 32

/* `values` are the caller's; weft_float_lanes_convert() fills the rest. Digits are a byte each, the first one in the
 * lowest byte, 0 to 9. */
typedef struct weft_float_lanes {
    float values[WEFT_FLOAT_LANES];
    uint32_t is_plain[WEFT_FLOAT_LANES]; /* 0: none of what follows holds, the text is found otherwise */
    uint64_t whole[WEFT_FLOAT_LANES];    /* eight digits before the point */
    uint32_t leading[WEFT_FLOAT_LANES];  /* how many bits of these are zeros that are not written */
    uint32_t tenths[WEFT_FLOAT_LANES];   /* the first digit after the point */
    uint64_t others[WEFT_FLOAT_LANES];   /* the eight digits after that */
} weft_float_lanes;

/* All lanes of `values` must be set, to any floats. */
void weft_float_lanes_convert(weft_float_lanes *lanes);

/* Writes the text of lane `i` to `out`, which has room for WEFT_NUMBER_TEXT_BYTES, and returns its length. NaN is the
 * caller's business. */
static inline size_t weft_float_lane_text(const weft_float_lanes *lanes, int i, char *out) {
    if (!lanes->is_plain[i]) return weft_number_text_float(lanes->values[i], out);
    uint64_t others = lanes->others[i], leading = lanes->leading[i];
    uint32_t bits, tenths = lanes->tenths[i];
    memcpy(&bits, &lanes->values[i], sizeof bits);
    size_t at = bits >> 31;
    *out = '-';
    store_digits(lanes->whole[i] >> leading, out + at);
    at += 8 - leading / 8;
    if ((others | tenths) == 0) return at;
    out[at] = '.';
    out[at + 1] = (char)('0' + tenths);
    store_digits(others, out + at + 2);
    return at + 2 + digits_without_zeros(others);
}

#endif
