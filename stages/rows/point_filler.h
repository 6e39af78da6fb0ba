/* Rows that are points: the values at their places, or of the cells around them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_POINT_FILLER_H
#define WEFT_STAGES_POINT_FILLER_H

#include "raster/crs/transform_pool.h"
#include "raster/source/projector.h"
#include "stages/rows/row_filler.h"

/* Where the layers of one dataset lie, for the order in which they are read. */
typedef struct weft_point_source {
    const weft_projector *projector; /* of its only source; NULL: there are several, or none */
    int64_t cols, rows, block_cols, block_rows;
} weft_point_source;

typedef struct weft_point_filler_options {
    weft_chunk_options chunks;    /* borrowed, as all here but one: */
    weft_point_source *sources;   /* of each layer; on the heap, taken over */
    weft_transform_pool *to_grid; /* from the file's CRS to the grid's; NULL: one CRS */
    weft_bounds bounds;           /* of all points, in the grid's CRS */
    double half[2];               /* weft_places.half */
} weft_point_filler_options;

/* Its numbers are x and y. Errors: WEFT_ERR_MEMORY. */
weft_status weft_point_filler_new(weft_row_filler *out, const weft_point_filler_options *options, weft_error *err);

#endif
