/* SPDX-License-Identifier: MIT
 *
 * One loop a type, so that compilers see what they compare. */
#include "core/overlap.h"

#include <math.h>
#include <stdlib.h>

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
    }                                                                                                                  \
    static void gather_##name(int64_t n, double *into, int64_t room, int32_t *counts, const type *from,                \
                              const uint8_t *from_valid) {                                                             \
        for (int64_t i = 0; i < n; i++)                                                                                \
            if (IS_THERE(from, from_valid, i)) into[i * room + counts[i]++] = (double)from[i];                         \
    }                                                                                                                  \
    static void put_##name(int64_t i, type *out, uint8_t *valid, double value) {                                       \
        bool there = value == value;                                                                                   \
        out[i] = there || valid == NULL ? (type)value : 0;                                                             \
        if (valid != NULL) valid[i] = there;                                                                           \
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

weft_data_type weft_overlap_type(weft_overlap rule, weft_data_type type) {
    /* Means of small integers are exact enough in float32, as a float source of them would be. */
    return rule == WEFT_OVERLAP_COUNT  ? WEFT_UINT16
           : rule == WEFT_OVERLAP_MEAN ? weft_data_type_union(type, WEFT_FLOAT32)
                                       : type;
}

void weft_overlap_gather(weft_data_type type, int64_t n, double *into, int64_t room, int32_t *counts, const void *from,
                         const uint8_t *from_valid) {
#define GATHER(name, unused)                                                                                           \
    case name:                                                                                                         \
        gather_##name(n, into, room, counts, from, from_valid);                                                        \
        return;
    switch (type) { WEFT_FOR_EACH_TYPE(GATHER) }
#undef GATHER
}

/* Writes one value; NaN is missing. */
static void put(weft_data_type type, int64_t i, void *out, uint8_t *valid, double value) {
#define PUT(name, unused)                                                                                              \
    case name:                                                                                                         \
        put_##name(i, out, valid, value);                                                                              \
        return;
    switch (type) { WEFT_FOR_EACH_TYPE(PUT) }
#undef PUT
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sort(double *values, int32_t count) {
    if (count > 64) {
        qsort(values, (size_t)count, sizeof *values, by_value);
        return;
    }
    for (int32_t i = 1; i < count; i++) {
        double moved = values[i];
        int32_t at = i;
        for (; at > 0 && values[at - 1] > moved; at--)
            values[at] = values[at - 1];
        values[at] = moved;
    }
}

void weft_overlap_med(weft_data_type type, int64_t n, double *gathered, int64_t room, const int32_t *counts, void *out,
                      uint8_t *valid) {
    for (int64_t i = 0; i < n; i++) {
        double *values = gathered + i * room;
        sort(values, counts[i]);
        put(type, i, out, valid, counts[i] > 0 ? values[(counts[i] - 1) / 2] : (double)NAN);
    }
}

void weft_overlap_count(weft_data_type type, int64_t n, const double *counts, void *out, uint8_t *valid) {
    for (int64_t i = 0; i < n; i++)
        put(type, i, out, valid, counts[i] > 0 ? counts[i] : (double)NAN);
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
