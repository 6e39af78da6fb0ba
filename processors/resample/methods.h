/* The registry of resampling methods.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_METHODS_H
#define WEFT_PROCESSORS_METHODS_H

#include "processors/resample/method.h"

/* A line a method; its table is weft_method_NAME. */
#define WEFT_METHODS(X)                                                                                                \
    X(nearest)                                                                                                         \
    X(bilinear)                                                                                                        \
    X(cubic)                                                                                                           \
    X(cubicspline)                                                                                                     \
    X(lanczos)                                                                                                         \
    X(average)                                                                                                         \
    X(sum)                                                                                                             \
    X(rms)                                                                                                             \
    X(mode)                                                                                                            \
    X(min)                                                                                                             \
    X(max)                                                                                                             \
    X(med)                                                                                                             \
    X(q1)                                                                                                              \
    X(q3)                                                                                                              \
    X(p)                                                                                                               \
    X(stdev)                                                                                                           \
    X(variety)                                                                                                         \
    X(share)                                                                                                           \
    X(coverage)                                                                                                        \
    X(count)

#define WEFT_DECLARE_METHOD(name) extern const weft_method weft_method_##name;
WEFT_METHODS(WEFT_DECLARE_METHOD)

/* By number from 0, as in weft_config.method; NULL past the last. */
const weft_method *weft_method_at(int number);
const weft_choice *weft_method_choice(int number);

/* "lanczos" */
static inline const char *weft_method_name(const weft_method *method) {
    return method->choice.word;
}

#endif
