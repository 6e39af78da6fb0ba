/* Four doubles as one value (GCC and Clang vector extensions), for loops that the compiler does not vectorise by itself.
 * Where the machine's vectors are shorter, the compiler uses several; each element gets the same bits.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_QUAD_H
#define WEFT_PROCESSORS_QUAD_H

#include "core/multiversion.h"

#include <stdint.h>
#include <string.h>

#define WEFT_QUAD 4

typedef double weft_quad __attribute__((vector_size(WEFT_QUAD * sizeof(double))));
typedef int64_t weft_quad_bits __attribute__((vector_size(WEFT_QUAD * sizeof(int64_t))));

/* From and to any address. */
WEFT_INLINE void weft_quad_load(weft_quad *out, const double *from) {
    memcpy(out, from, sizeof *out);
}
WEFT_INLINE void weft_quad_store(const weft_quad *q, double *to) {
    memcpy(to, q, sizeof *q);
}

/* Elements that are not over `min` become 0. */
WEFT_INLINE void weft_quad_drop(weft_quad *q, double min) {
    *q = (weft_quad)((weft_quad_bits)*q & (*q > min));
}

WEFT_INLINE void weft_quad_absolute(weft_quad *q) {
    *q = (weft_quad)((weft_quad_bits)*q & INT64_MAX);
}

/* Its first `count` elements, 0 to 4; the others are 0, whatever they were. */
WEFT_INLINE void weft_quad_keep(weft_quad *q, int64_t count) {
    static const int64_t kept[2 * WEFT_QUAD] = {-1, -1, -1, -1, 0, 0, 0, 0};
    weft_quad_bits mask;
    memcpy(&mask, kept + WEFT_QUAD - count, sizeof mask);
    *q = (weft_quad)((weft_quad_bits)*q & mask);
}

/* The sum of the elements, in pairs. */
WEFT_INLINE double weft_quad_sum(const weft_quad *q) {
    return ((*q)[0] + (*q)[1]) + ((*q)[2] + (*q)[3]);
}

#endif
