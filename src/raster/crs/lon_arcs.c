/* SPDX-License-Identifier: MIT
 *
 * The narrowest range leaves out the widest gap between neighbours on the circle. */
#include "raster/crs/lon_arcs.h"

#include "core/grown_array.h"

#include <math.h>
#include <stdlib.h>

void weft_arcs_dispose(weft_arcs *arcs) {
    free(arcs->items);
    *arcs = (weft_arcs){.turn = arcs->turn};
}

void weft_arcs_add(weft_arcs *arcs, double west, double east) {
    weft_arc *items = weft_grown_array(arcs->items, arcs->count, &arcs->capacity, sizeof *items);
    if (items == NULL) {
        arcs->failed = true;
        return;
    }
    arcs->items = items;
    arcs->items[arcs->count++] = (weft_arc){west, east};
}

void weft_arcs_add_common(weft_arcs *arcs, weft_arc a, weft_arc b) {
    /* The turns of b that can meet a; a full turn would meet itself twice. */
    if (b.east - b.west >= arcs->turn) {
        weft_arcs_add(arcs, a.west, a.east);
        return;
    }
    if (a.east - a.west >= arcs->turn) {
        weft_arcs_add(arcs, b.west, b.east);
        return;
    }
    double first = ceil((a.west - b.east) / arcs->turn), last = floor((a.east - b.west) / arcs->turn);
    for (double turn = first; turn <= last; turn++) {
        double west = fmax(a.west, b.west + arcs->turn * turn), east = fmin(a.east, b.east + arcs->turn * turn);
        if (west < east) weft_arcs_add(arcs, west, east);
    }
}

static int by_west(const void *left, const void *right) {
    const weft_arc *a = left, *b = right;
    return (a->west > b->west) - (a->west < b->west);
}

weft_arc weft_arcs_narrowest(weft_arcs *arcs, double forgiven) {
    double start = arcs->items[0].west;
    weft_arc plain = arcs->items[0];
    for (int i = 0; i < arcs->count; i++) {
        weft_arc *arc = &arcs->items[i];
        plain = (weft_arc){fmin(plain.west, arc->west), fmax(plain.east, arc->east)};
        double turns = arcs->turn * floor((arc->west - start) / arcs->turn);
        *arc = (weft_arc){arc->west - turns, arc->east - turns};
    }
    qsort(arcs->items, (size_t)arcs->count, sizeof *arcs->items, by_west);
    /* Once round from `start`, the first one's west; what reaches farthest comes round to it again. */
    double reached = -INFINITY, gap = -INFINITY;
    weft_arc narrow = {0};
    for (int i = 0; i < arcs->count; i++)
        reached = fmax(reached, arcs->items[i].east - arcs->turn);
    for (int i = 0; i < arcs->count; i++) {
        double west = arcs->items[i].west;
        if (west - reached > gap) {
            gap = west - reached;
            narrow = i == 0 ? (weft_arc){west, reached + arcs->turn} : (weft_arc){west - arcs->turn, reached};
        }
        reached = fmax(reached, arcs->items[i].east);
    }
    bool full = gap <= forgiven;
    double width = full ? arcs->turn : narrow.east - narrow.west;
    if (plain.east - plain.west <= width + forgiven)
        return full ? (weft_arc){plain.west, plain.west + arcs->turn} : plain;
    return full ? (weft_arc){-arcs->turn / 2, arcs->turn / 2} : narrow;
}

void weft_arcs_join(weft_arcs *arcs) {
    weft_arc *items = arcs->items;
    int count = 0;
    for (int i = 0; i < arcs->count; i++) {
        if (count > 0 && items[i].west <= items[count - 1].east)
            items[count - 1].east = fmax(items[count - 1].east, items[i].east);
        else
            items[count++] = items[i];
    }
    if (count > 1 && items[count - 1].east >= items[0].west + arcs->turn) {
        count--;
        items[0].west = items[count].west - arcs->turn;
        items[0].east = fmax(items[0].east, items[count].east - arcs->turn);
    }
    arcs->count = count;
}

bool weft_arcs_hold(const weft_arcs *joined, double west, double east) {
    for (int i = 0; i < joined->count; i++) {
        weft_arc all = joined->items[i];
        double turns = joined->turn * ceil((all.west - west) / joined->turn);
        if (all.east - all.west >= joined->turn || (west + turns > all.west && east + turns < all.east)) return true;
    }
    return false;
}
