/* SPDX-License-Identifier: MIT
 *
 * One loop a type, so that compilers see what they compare. */
#include "core/overlap.h"

#include <math.h>

/* An integer always equals itself. */
#define IS_THERE(values, mask, i) ((mask) != NULL ? (mask)[i] != 0 : (values)[i] == (values)[i])

#define DEFINE_ROWS(name, type)                                                                                        \
    static void join_##name(weft_overlap rule, int64_t n, type *into, uint8_t *into_valid, const type *from,           \
                            const uint8_t *from_valid) {                                                               \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            if (!IS_THERE(from, from_valid, i)) continue;                                                              \
            bool better =                                                                                              \
                (rule == WEFT_OVERLAP_MIN && from[i] < into[i]) || (rule == WEFT_OVERLAP_MAX && from[i] > into[i]);    \
            if (!better && IS_THERE(into, into_valid, i)) continue;                                                    \
            into[i] = from[i];                                                                                         \
            if (into_valid != NULL) into_valid[i] = 1;                                                                 \
        }                                                                                                              \
    }                                                                                                                  \
    static void add_##name(int64_t n, double *sums, int32_t *counts, const type *from, const uint8_t *from_valid) {    \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            if (!IS_THERE(from, from_valid, i)) continue;                                                              \
            sums[i] += (double)from[i];                                                                                \
            counts[i]++;                                                                                               \
        }                                                                                                              \
    }
WEFT_FOR_EACH_TYPE(DEFINE_ROWS)

void weft_overlap_join(weft_overlap rule, weft_data_type type, int64_t n, void *into, uint8_t *into_valid,
                       const void *from, const uint8_t *from_valid) {
#define JOIN(name, unused)                                                                                             \
    case name:                                                                                                         \
        join_##name(rule, n, into, into_valid, from, from_valid);                                                      \
        return;
    switch (type) { WEFT_FOR_EACH_TYPE(JOIN) }
#undef JOIN
}

void weft_overlap_add(weft_data_type type, int64_t n, double *sums, int32_t *counts, const void *from,
                      const uint8_t *from_valid) {
#define ADD(name, unused)                                                                                              \
    case name:                                                                                                         \
        add_##name(n, sums, counts, from, from_valid);                                                                 \
        return;
    switch (type) { WEFT_FOR_EACH_TYPE(ADD) }
#undef ADD
}

void weft_overlap_mean(weft_data_type type, int64_t n, const double *sums, const int32_t *counts, void *out,
                       uint8_t *valid) {
    for (int64_t i = 0; i < n; i++) {
        double mean = counts[i] > 0 ? sums[i] / counts[i] : (double)NAN;
        if (type == WEFT_FLOAT32)
            ((float *)out)[i] = (float)mean;
        else
            ((double *)out)[i] = mean;
        if (valid != NULL) valid[i] = counts[i] > 0;
    }
}
