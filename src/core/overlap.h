/* How several values of one place become one: where files of a mosaic overlap, pixel by pixel or cell by cell.
 *
 * Rows of one type. A mask has a byte a value, 0 = missing; without a mask NaN alone is missing. Callers go through the
 * files in list order (for WEFT_OVERLAP_LAST from the end), so that the answer does not depend on how rows are cut.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_OVERLAP_H
#define WEFT_CORE_OVERLAP_H

#include "core/data_type.h"

typedef enum weft_overlap {
    WEFT_OVERLAP_FIRST, /* the first value in list order */
    WEFT_OVERLAP_LAST,
    WEFT_OVERLAP_MEAN, /* of all values, in double */
    WEFT_OVERLAP_MIN,
    WEFT_OVERLAP_MAX,
    WEFT_OVERLAP_MED,   /* the smallest value at or under which lie at least half of them */
    WEFT_OVERLAP_COUNT, /* how many values there are */
} weft_overlap;

/* The type of what becomes of values of `type`. */
weft_data_type weft_overlap_type(weft_overlap rule, weft_data_type type);

/* Joins `n` values into what is there: FIRST and LAST fill what is still missing, MIN and MAX compare. MEAN,
 * MED and COUNT have functions of their own below.
 *
 * into, into_valid   the result so far; missing ones are filled. into_valid NULL: floats, NaN is missing
 * from, from_valid   one file's values of the same type; from_valid NULL: all but NaN are there */
void weft_overlap_join(weft_overlap rule, weft_data_type type, int64_t n, void *into, uint8_t *into_valid,
                       const void *from, const uint8_t *from_valid);

/* Adds the values that are there to `sums`, and one to their `counts`. Sums are as exact as doubles. */
void weft_overlap_add(weft_data_type type, int64_t n, double *sums, int32_t *counts, const void *from,
                      const uint8_t *from_valid);

/* The means of what was added, as floats of `type`; missing (NaN, and 0 in `valid` unless that is NULL) where nothing
 * was. */
void weft_overlap_mean(weft_data_type type, int64_t n, const double *sums, const int32_t *counts, void *out,
                       uint8_t *valid);

/* The numbers of values that were counted, as whole numbers or floats of `type`; missing where there were none. */
void weft_overlap_count(weft_data_type type, int64_t n, const double *counts, void *out, uint8_t *valid);

/* Puts the values that are there after those of each place that were put before: place i has room for `room` numbers
 * from into[i * room] on, and counts[i] of them. The numbers are the values' of type `to`, which holds them all, in
 * their order (weft_order_of_real() and its like). */
void weft_overlap_gather(weft_data_type to, int64_t n, uint64_t *into, int64_t room, int32_t *counts,
                         weft_data_type type, const void *from, const uint8_t *from_valid);

/* The medians, of `type`, of what was gathered for that type, which is put in order. Of an even number of values the
 * lower one of the two in the middle. */
void weft_overlap_med(weft_data_type type, int64_t n, uint64_t *gathered, int64_t room, const int32_t *counts,
                      void *out, uint8_t *valid);

#endif
