/* Which of many settings a test goes through. By default one in `every`, spread over them; WEFT_TEST_SEED=N takes
 * others, and WEFT_LONG_TESTS=1 all of them, as `ctest -C long` does.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_CHOSEN_H
#define WEFT_TESTS_SUPPORT_CHOSEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static inline bool is_chosen(size_t index, size_t every) {
    const char *seed = getenv("WEFT_TEST_SEED");
    if (getenv("WEFT_LONG_TESTS") != NULL) return true;
    return (index + (seed != NULL ? (size_t)strtoul(seed, NULL, 10) : 0)) % every == 0;
}

#endif
