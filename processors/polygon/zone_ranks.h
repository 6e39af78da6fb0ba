/* How much of a polygon each value covers: what quantiles, the mode and the variety are made of.
 *
 * Areas are whole numbers of 2^-32 pixels, so that their sums do not depend on an order: parts can be sorted, put
 * together and merged in any way, and say the same.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ZONE_RANKS_H
#define WEFT_PROCESSORS_ZONE_RANKS_H

#include "processors/resample/method.h"

/* A value, by its order (core/data_type.h), and its area. */
typedef struct weft_zone_pair {
    uint64_t order, area;
} weft_zone_pair;

weft_zone_pair weft_zone_pair_of(uint64_t order, double area);

/* Sorts pairs by value and adds up those of one; `other` is scratch for as many. Returns how many are left. */
int64_t weft_zone_pairs_combine(weft_zone_pair *pairs, weft_zone_pair *other, int64_t count);

/* One answer to be found among pairs that come in order, each value once. */
typedef struct weft_zone_rank {
    weft_zone zone;      /* WEFT_ZONE_RANKED or more */
    double share;        /* of a quantile */
    uint64_t total;      /* area of all pairs */
    uint64_t under, max; /* so far: of all, and of the mode */
    int64_t variety;
    bool found;
    uint64_t order; /* of the value that is quantile or mode */
} weft_zone_rank;

void weft_zone_rank_begin(weft_zone_rank *rank, weft_zone zone, double share, uint64_t total);
void weft_zone_rank_add(weft_zone_rank *rank, const weft_zone_pair *pair);

#endif
