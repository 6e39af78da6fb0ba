/* cmocka.h with all it wants to see before it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CMOCKA_ALL_H
#define WEFT_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* low <= value <= high, as whole numbers with a sign. cmocka 2 deprecates assert_in_range(), cmocka 1 has no other. */
#define assert_between(value, low, high)                                                                               \
    weft_assert_between((intmax_t)(value), (intmax_t)(low), (intmax_t)(high), #value, __FILE__, __LINE__)

static inline void weft_assert_between(intmax_t value, intmax_t low, intmax_t high, const char *text, const char *file,
                                       int line) {
    if (value >= low && value <= high) return;
    print_error("%s is %jd, not in %jd .. %jd\n", text, value, low, high);
    _fail(file, line);
}

#endif
