/* How many of the possible faults a test tries.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_FAULT_STRIDE_H
#define WEFT_TESTS_FAULT_FAULT_STRIDE_H

#include <stdint.h>
#include <stdlib.h>

/* One in so many: `usual`, or what WEFT_TEST_STRIDE says; 1 is all of them. */
static inline int64_t fault_stride(int64_t usual) {
    const char *asked = getenv("WEFT_TEST_STRIDE");
    int64_t stride = asked != NULL ? atoll(asked) : 0;
    return stride > 0 ? stride : usual;
}

/* The same where each fault is a whole run of the program: under a sanitizer that takes ten times as long. */
static inline int64_t fault_stride_of_runs(int64_t usual) {
#ifdef WEFT_SANITIZED
    usual *= 3;
#endif
    return fault_stride(usual);
}

#endif
