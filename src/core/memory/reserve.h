/* How much memory a component needs for a given amount of work. The plan asks, to share the ledger out; the run asks, to
 * take its share. Both call the component's own function, so that there is one formula.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_RESERVE_H
#define WEFT_CORE_RESERVE_H

#include <stdint.h>

typedef struct weft_reserve {
    int64_t min;     /* bytes of the ledger without which it cannot work */
    int64_t desired; /* bytes of the ledger that it can use; more would not help */
    int64_t beside;  /* bytes that its libraries take outside the ledger */
    int64_t ending;  /* bytes of the ledger that it needs at the end, after chunks and block cache are given back */
} weft_reserve;

static inline weft_reserve weft_reserve_add(weft_reserve a, weft_reserve b) {
    /* Outputs are finished one after the other: the largest `ending` counts. */
    return (weft_reserve){a.min + b.min, a.desired + b.desired, a.beside + b.beside,
                          a.ending > b.ending ? a.ending : b.ending};
}

#endif
