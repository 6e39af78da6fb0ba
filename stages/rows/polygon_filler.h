/* Rows that are polygons: statistics of the pixels under each, by the exact area that it covers of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_POLYGON_FILLER_H
#define WEFT_STAGES_POLYGON_FILLER_H

#include "processors/resampler.h"
#include "raster/source/source.h"
#include "raster/vector/vector_fields.h"
#include "stages/layers/layer.h"
#include "stages/rows/row_filler.h"

/* What a layer is made of. */
typedef struct weft_polygon_layer {
    int column;               /* of the file, by weft_vector_fields; -1: none */
    weft_source *source;      /* NULL: missing everywhere */
    int band;                 /* its number */
    weft_resampler resampler; /* its method, types, scale and offset */
} weft_polygon_layer;

typedef struct weft_polygon_filler_options {
    weft_context *context;
    weft_worker *workers;
    weft_layer *const *layers; /* those of one dataset side by side; borrowed, as all here but one: */
    weft_polygon_layer *from;  /* of each; on the heap, taken over */
    int layer_count;
    atomic_uchar *seen;       /* of each: weft_layer_look_for_value() */
    weft_vector_options file; /* opened anew */
    const weft_vector_fields *fields;
    weft_bounds bounds;                  /* of all polygons, in the file's CRS */
    int64_t rows, corners, most_corners; /* of the file: with one more corner a ring */
    int64_t most_pairs;                  /* of a worker's collector */
    const char *scratch_folder;
    int64_t first_row;
} weft_polygon_filler_options;

/* What a worker takes beside its patch, at most, without collectors. */
int64_t weft_polygon_filler_worker_bytes(int64_t most_corners);

/* Errors: those of weft_vector_file_open(); WEFT_ERR_DATA: a source is rotated. */
weft_status weft_polygon_filler_new(weft_row_filler *out, const weft_polygon_filler_options *options, weft_error *err);

#endif
