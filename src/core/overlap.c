/* SPDX-License-Identifier: MIT
 *
 * One loop a type, so that compilers see what they compare. */
#include "core/overlap.h"

#include <math.h>
#include <stdlib.h>

/* An integer always equals itself. */
#define IS_THERE(values, mask, i) ((mask) != NULL ? (mask)[i] != 0 : (values)[i] == (values)[i])

/* A value as a number in the order of values of type `to`, which holds it. No double holds all integers of 64 bits. */
#define ORDER_OF(to, value)                                                                                            \
    ((to) == WEFT_INT64    ? weft_order_of_integer((int64_t)(value))                                                   \
     : (to) == WEFT_UINT64 ? (uint64_t)(value)                                                                         \
                           : weft_order_of_real((double)(value)))

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
    static void gather_##name(weft_data_type to, int64_t n, uint64_t *into, int64_t room, int32_t *counts,             \
                              const type *from, const uint8_t *from_valid) {                                           \
        for (int64_t i = 0; i < n; i++)                                                                                \
            if (IS_THERE(from, from_valid, i)) into[i * room + counts[i]++] = ORDER_OF(to, from[i]);                   \
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

void weft_overlap_gather(weft_data_type to, int64_t n, uint64_t *into, int64_t room, int32_t *counts,
                         weft_data_type type, const void *from, const uint8_t *from_valid) {
#define GATHER(name, unused)                                                                                           \
    case name:                                                                                                         \
        gather_##name(to, n, into, room, counts, from, from_valid);                                                    \
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

static int by_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort(uint64_t *orders, int32_t count) {
    if (count > 64) {
        qsort(orders, (size_t)count, sizeof *orders, by_order);
        return;
    }
    for (int32_t i = 1; i < count; i++) {
        uint64_t moved = orders[i];
        int32_t at = i;
        for (; at > 0 && orders[at - 1] > moved; at--)
            orders[at] = orders[at - 1];
        orders[at] = moved;
    }
}

/* Writes the value of a number that gather() made for this type. */
static void put_order(weft_data_type type, int64_t i, void *out, uint8_t *valid, uint64_t order) {
    if (type == WEFT_INT64)
        ((int64_t *)out)[i] = weft_order_integer(order);
    else if (type == WEFT_UINT64)
        ((uint64_t *)out)[i] = order;
    else
        put(type, i, out, valid, weft_order_real(order));
    if (valid != NULL) valid[i] = 1;
}

void weft_overlap_med(weft_data_type type, int64_t n, uint64_t *gathered, int64_t room, const int32_t *counts,
                      void *out, uint8_t *valid) {
    for (int64_t i = 0; i < n; i++) {
        uint64_t *orders = gathered + i * room;
        sort(orders, counts[i]);
        if (counts[i] > 0)
            put_order(type, i, out, valid, orders[(counts[i] - 1) / 2]);
        else
            put(type, i, out, valid, (double)NAN);
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
