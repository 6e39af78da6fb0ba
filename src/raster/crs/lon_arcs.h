/* Ranges of longitude, which repeat after a whole turn: 360 degrees, or 400 grads.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_LON_ARCS_H
#define WEFT_RASTER_LON_ARCS_H

#include <stdbool.h>

/* From west to east, of any turn: 170 to 190 degrees is the same range as -190 to -170. west <= east. */
typedef struct weft_arc {
    double west, east;
} weft_arc;

/* Empty where all but `turn` is zero; `failed` is set where memory ran out. One thread at a time. */
typedef struct weft_arcs {
    double turn; /* a whole one, in the unit of west and east: weft_crs_turn() */
    weft_arc *items;
    int count, capacity;
    bool failed;
} weft_arcs;

void weft_arcs_dispose(weft_arcs *arcs);

void weft_arcs_add(weft_arcs *arcs, double west, double east);

/* Adds what two ranges have in common: none, one or two ranges. */
void weft_arcs_add_common(weft_arcs *arcs, weft_arc a, weft_arc b);

/* The narrowest range that holds all of them; there is at least one. Gaps up to `forgiven` are none. Where the
 * plain range from the least west to the greatest east is as narrow, it is that, and else one of the turn in which the
 * first range that was added begins. A full turn begins at the least west where that holds all, else
 * half a turn west of 0. Sorts the list. */
weft_arc weft_arcs_narrowest(weft_arcs *arcs, double forgiven);

/* Joins those that overlap or touch, where weft_arcs_narrowest() has sorted them. */
void weft_arcs_join(weft_arcs *arcs);

/* Whether one of the joined ranges holds all from west to east, and more on both sides. */
bool weft_arcs_hold(const weft_arcs *joined, double west, double east);

#endif
