/* The order in which places are read, so that each block of a source is needed once: by the blocks that they lie in,
 * and within a large block by parts of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PLACE_ORDER_H
#define WEFT_STAGES_PLACE_ORDER_H

#include "stages/layers/places.h"

/* How a source is cut. Blocks that are neighbours come soon after each other (in Z-order), since kernels reach over
 * their edges. */
typedef struct weft_place_cut {
    int64_t cols, rows;             /* pixels */
    int64_t block_cols, block_rows; /* of a block */
    int64_t part_cols, part_rows;   /* of a part: a patch of pixels that is read at once */
    int block_bits[2], part_bits[2];
} weft_place_cut;

void weft_place_cut_make(weft_place_cut *out, int64_t cols, int64_t rows, int64_t block_cols, int64_t block_rows);

/* The item of the place `number` that lies at (u, v) in pixels. Beside the source: as on its edge. */
uint64_t weft_place_item(const weft_place_cut *cut, double u, double v, int64_t number);

/* Whether two items lie in one part. */
static inline int weft_place_same_part(uint64_t a, uint64_t b) {
    return a >> WEFT_PLACE_BITS == b >> WEFT_PLACE_BITS;
}

/* Sorts `count` items; `other` is scratch for as many. Places of one part keep the order of their numbers. */
void weft_place_sort(uint64_t *items, uint64_t *other, int64_t count);

#endif
