/* A polygon's sides in the pixels of a source: its rings, transformed, each turned so that what lies inside sums to 1.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_POLYGON_SIDES_H
#define WEFT_STAGES_POLYGON_SIDES_H

#include "core/memory/buffer.h"
#include "processors/polygon/zone_sums.h"
#include "raster/info/source_info.h"
#include "raster/vector/ring_projector.h"

/* A corner in the file's CRS; or with x NaN the beginning of a ring, y: 1 where it is a hole. */
typedef struct weft_polygon_corner {
    double x, y;
} weft_polygon_corner;

/* Zero-initialised but for the ledger. One worker's. */
typedef struct weft_polygon_sides {
    weft_ledger *ledger;
    int64_t cols, rows; /* the source's pixels */
    weft_ring_projector *projector;
    weft_buffer items, active, ring; /* sides; room for as many; a ring's corners */
    int64_t count, capacity;
    double area; /* of the polygon, in pixels, beyond the source too */
} weft_polygon_sides;

void weft_polygon_sides_dispose(weft_polygon_sides *self);

/* From now on sides are in the pixels of this source. Errors: those of weft_ring_projector_new(). */
weft_status weft_polygon_sides_tie(weft_polygon_sides *self, const weft_crs *from, const weft_source_info *info,
                                   weft_error *err);

/* Finds the sides of a polygon, in the order of their upper ends. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA: it goes round
 * a pole. */
weft_status weft_polygon_sides_find(weft_polygon_sides *self, const weft_polygon_corner *corners, int64_t count,
                                    weft_error *err);

/* Pixels of the source that the polygon touches; empty where it touches none. */
weft_window weft_polygon_sides_window(const weft_polygon_sides *self);

static inline const weft_zone_side *weft_polygon_sides_items(const weft_polygon_sides *self) {
    return self->items.data;
}

static inline double weft_zone_side_top(const weft_zone_side *side) {
    return side->v0 < side->v1 ? side->v0 : side->v1;
}

static inline double weft_zone_side_bottom(const weft_zone_side *side) {
    return side->v0 < side->v1 ? side->v1 : side->v0;
}

#endif
