/* A part of the grid: the cells that lie in polygons, by one of three rules.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_REGION_H
#define WEFT_PROCESSORS_REGION_H

#include "core/window.h"
#include "processors/polygon/polygon_scan.h"

typedef enum weft_region_rule {
    WEFT_REGION_CENTRE, /* cells whose centre lies in a polygon */
    WEFT_REGION_SHARE,  /* cells of which polygons cover at least `share`; any part where it is 0 */
} weft_region_rule;

/* Any thread may read it. */
typedef struct weft_region {
    weft_polygon_set set;
    weft_region_rule rule;
    double share;
} weft_region;

/* Bytes of scratch, aligned for doubles, for rows of at most `cols` cells at once. */
int64_t weft_region_bytes(const weft_region *region, int64_t cols);

/* out[i]: 1 where cell col + i of the row is in the region, else 0. Returns how many are. */
int64_t weft_region_scan(const weft_region *region, int64_t row, int64_t col, int64_t cols, uint8_t *out,
                         void *scratch);

/* The smallest window with all cells of `window` that are in the region; mask gets a byte a cell of `window`, row by
 * row. Empty where none is, and then mask is not filled. */
weft_window weft_region_clip(const weft_region *region, weft_window window, uint8_t *mask, void *scratch);

#endif
