/* Between the files of this folder only: the part of a ring that lies in a box.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_RING_CLIP_H
#define WEFT_RASTER_RING_CLIP_H

#include "core/status.h"
#include "raster/crs/grid.h"

typedef struct weft_ring_buffer {
    double *u, *v;
    int64_t count, capacity;
} weft_ring_buffer;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_ring_buffer_reserve(weft_ring_buffer *to, int64_t count, weft_error *err);
weft_status weft_ring_buffer_put(weft_ring_buffer *to, double u, double v, weft_error *err);
void weft_ring_buffer_dispose(weft_ring_buffer *buffer);

/* Puts the part of a closed ring, moved by `shift` along x, that lies in `box` after what *out holds, closed; none where
 * it has none. Parts that the box cuts apart stay joined along its sides, where they cover nothing. `scratch` is used
 * between the box's sides. Errors: WEFT_ERR_MEMORY. */
weft_status weft_ring_clip(const double *x, const double *y, int64_t count, double shift, const weft_bounds *box,
                           weft_ring_buffer *scratch, weft_ring_buffer *out, weft_error *err);

#endif
