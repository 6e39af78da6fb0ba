/* SPDX-License-Identifier: MIT */
#include "processors/polygon/zone_ranks.h"

#define UNIT       4294967296.0 /* areas a pixel */
#define TIE        1e-9         /* of all area: so much is rounding, as for cells */
#define DIGIT_BITS 11
#define DIGITS     (1 << DIGIT_BITS)

weft_zone_pair weft_zone_pair_of(uint64_t order, double area) {
    uint64_t whole = (uint64_t)(area * UNIT + 0.5);
    return (weft_zone_pair){order, whole > 0 ? whole : 1};
}

/* Least digit first; a pass in which all have the same digit is left out. */
static weft_zone_pair *sort(weft_zone_pair *from, weft_zone_pair *to, int64_t count) {
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        int64_t starts[DIGITS] = {0}, sum = 0;
        for (int64_t i = 0; i < count; i++)
            starts[from[i].order >> shift & (DIGITS - 1)]++;
        if (count > 0 && starts[from[0].order >> shift & (DIGITS - 1)] == count) continue;
        for (int i = 0; i < DIGITS; i++) {
            int64_t here = starts[i];
            starts[i] = sum;
            sum += here;
        }
        for (int64_t i = 0; i < count; i++)
            to[starts[from[i].order >> shift & (DIGITS - 1)]++] = from[i];
        weft_zone_pair *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static void insert(weft_zone_pair *pairs, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        weft_zone_pair one = pairs[i];
        int64_t at = i;
        for (; at > 0 && pairs[at - 1].order > one.order; at--)
            pairs[at] = pairs[at - 1];
        pairs[at] = one;
    }
}

int64_t weft_zone_pairs_combine(weft_zone_pair *pairs, weft_zone_pair *other, int64_t count) {
    weft_zone_pair *sorted = pairs;
    int64_t kept = 0;
    if (count <= 32)
        insert(pairs, count);
    else
        sorted = sort(pairs, other, count);
    for (int64_t i = 0; i < count; i++) {
        if (kept > 0 && pairs[kept - 1].order == sorted[i].order)
            pairs[kept - 1].area += sorted[i].area;
        else
            pairs[kept++] = sorted[i];
    }
    return kept;
}

void weft_zone_rank_begin(weft_zone_rank *rank, weft_zone zone, double share, uint64_t total) {
    *rank = (weft_zone_rank){.zone = zone, .share = share, .total = total};
}

void weft_zone_rank_add(weft_zone_rank *rank, const weft_zone_pair *pair) {
    double tie = TIE * (double)rank->total;
    rank->variety++;
    rank->under += pair->area;
    if (rank->zone == WEFT_ZONE_QUANTILE) {
        if (rank->found || (double)rank->under < rank->share * (double)rank->total - tie) return;
    } else if (rank->found && (double)pair->area <= (double)rank->max + tie) {
        return; /* of equal ones the smaller value, which came first */
    }
    rank->found = true;
    rank->max = pair->area;
    rank->order = pair->order;
}
