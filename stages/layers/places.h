/* Places that layers are read at instead of windows of the grid: points, and the cells around them.
 *
 * While a worker has places, a window is a range of them: column i of row 0 is the place order[i].
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PLACES_H
#define WEFT_STAGES_PLACES_H

#include <stdint.h>

/* An item of an order: what it is sorted by, and in its lower bits the number of a place. */
#define WEFT_PLACE_BITS 24
#define WEFT_PLACE_MAX  ((INT64_C(1) << WEFT_PLACE_BITS) - 1)

typedef struct weft_places {
    const double *x, *y;   /* by number, in the grid's CRS; NaN: nowhere */
    const uint64_t *order; /* the items */
    double half[2];        /* a cell's size to either side, along x and y; 0: they are points */
} weft_places;

static inline int64_t weft_place_number(uint64_t item) {
    return (int64_t)(item & (uint64_t)WEFT_PLACE_MAX);
}

#endif
