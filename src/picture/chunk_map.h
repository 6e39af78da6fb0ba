/* The grid, with the time that each part of it took.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_CHUNK_MAP_H
#define WEFT_PICTURE_CHUNK_MAP_H

#include "picture/drawing.h"

#include <stdint.h>

/* Chunks of the grid that lie side by side: one, or as many as are drawn as one. */
typedef struct weft_chunk_part {
    int64_t first_row, first_col, end_row, end_col;
    double seconds_a_million; /* cells */
} weft_chunk_part;

typedef struct weft_chunk_map {
    int64_t rows, cols;
    const weft_chunk_part *parts; /* what is not there is left blank */
    int count;
    double low, high; /* of seconds_a_million, what the colours span */
} weft_chunk_map;

#define WEFT_CHUNK_MAP_WIDTH  560
#define WEFT_CHUNK_MAP_HEIGHT 380

/* Draws it on a drawing of that size. */
void weft_chunk_map_draw(weft_drawing *drawing, const weft_chunk_map *map);

#endif
