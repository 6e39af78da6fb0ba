/* Rows that are polygons: statistics of the pixels under each, by the exact area that it covers of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_POLYGON_FILLER_H
#define WEFT_STAGES_POLYGON_FILLER_H

#include "processors/resampler.h"
#include "raster/source/source.h"
#include "stages/rows/row_filler.h"

/* What a layer is made of. */
typedef struct weft_polygon_layer {
    weft_source *source;      /* NULL: missing everywhere */
    int band;                 /* its number */
    weft_resampler resampler; /* its method, types, scale and offset */
} weft_polygon_layer;

typedef struct weft_polygon_filler_options {
    weft_chunk_options chunks;          /* borrowed, as all here but one: */
    weft_polygon_layer *from;           /* of each layer; on the heap, taken over */
    const char *path;                   /* of the file, for messages */
    const weft_crs *crs;                /* the file's */
    weft_bounds bounds;                 /* of all polygons, in it */
    int64_t rows, corners, max_corners; /* of the file: with one more corner a ring */
    int64_t max_pairs;                  /* of a worker's collector */
    const char *scratch_folder;
} weft_polygon_filler_options;

/* What a worker takes beside its patch, at most, without collectors. */
int64_t weft_polygon_filler_worker_bytes(int64_t max_corners);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_polygon_filler_new(weft_row_filler *out, const weft_polygon_filler_options *options, weft_error *err);

#endif
