/* What a component asks of memory for a shape of work. The plan asks it to share the ledger out, the run to take its
 * share: both call the component's own function, so that there is one formula.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_RESERVE_H
#define WEFT_CORE_RESERVE_H

#include <stdint.h>

typedef struct weft_reserve {
    int64_t min;     /* bytes of the ledger that it works with */
    int64_t desired; /* and that it would fill if it got them: more would be of no use */
    int64_t beside;  /* what its libraries take beside the ledger */
    int64_t ending;  /* bytes of the ledger that it needs at the end, when chunks and cache are given back */
} weft_reserve;

static inline weft_reserve weft_reserve_add(weft_reserve a, weft_reserve b) {
    /* Outputs are ended one after the other. */
    return (weft_reserve){a.min + b.min, a.desired + b.desired, a.beside + b.beside,
                          a.ending > b.ending ? a.ending : b.ending};
}

#endif
