/* SPDX-License-Identifier: MIT */
#include "processors/text/digit_lanes.h"
#include "processors/text/number_text.h"

size_t weft_small_integer_text(uint32_t value, char *out) {
    /* The last digit stays, zero or not. */
    if (value < 10000) {
        uint32_t digits = four_digits(value), skipped = (uint32_t)__builtin_ctz(digits | UINT32_C(1) << 24) / 8;
        store_digits(digits >> 8 * skipped, out);
        return 4 - skipped;
    }
    uint64_t digits = eight_digits(value), skipped = (uint64_t)__builtin_ctzll(digits) / 8;
    store_digits(digits >> 8 * skipped, out);
    return 8 - skipped;
}
