/* Rows that are points: the values at their places, or of the cells around them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_POINT_FILLER_H
#define WEFT_STAGES_POINT_FILLER_H

#include "raster/crs/transform_pool.h"
#include "raster/source/projector.h"
#include "raster/vector/vector_fields.h"
#include "stages/layers/layer.h"
#include "stages/rows/row_filler.h"

/* Where the layers of one dataset lie, for the order in which they are read. */
typedef struct weft_point_source {
    const weft_projector *projector; /* of its only source; NULL: there are several, or none */
    int64_t cols, rows, block_cols, block_rows;
} weft_point_source;

typedef struct weft_point_filler_options {
    weft_context *context;
    weft_worker *workers;
    weft_layer *const *layers;  /* those of one dataset side by side; borrowed, as all here but two: */
    int *columns;               /* of each layer, which of the file's it is: 0: x, 1: y, then the fields; -1: none. On
                                   the heap, taken over */
    weft_point_source *sources; /* of each layer; on the heap, taken over */
    int layer_count;
    atomic_uchar *seen;       /* of each layer: weft_layer_look_for_value() */
    weft_vector_options file; /* opened anew */
    const weft_vector_fields *fields;
    weft_transform_pool *to_grid; /* from the file's CRS to the grid's; NULL: one CRS */
    weft_bounds bounds;           /* of all points, in the grid's CRS */
    double half[2];               /* weft_places.half */
    bool shapes;                  /* chunks carry geometry */
    int64_t first_row;            /* read from here on */
} weft_point_filler_options;

/* Errors: those of weft_vector_file_open(). */
weft_status weft_point_filler_new(weft_row_filler *out, const weft_point_filler_options *options, weft_error *err);

#endif
