/* Between the files of this folder only: what a vector file is made of. vector_file.c opens it and goes through its
 * features, vector_geometry.c reads their geometries.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VECTOR_PARTS_H
#define WEFT_RASTER_VECTOR_PARTS_H

#include "raster/crs/crs.h"
#include "raster/gdal/read_trouble.h"
#include "raster/vector/csv_rows.h"

#include <gdal.h>
#include <ogr_api.h>

typedef struct weft_vector_file weft_vector_file;

struct weft_vector_file {
    GDALDatasetH dataset;
    OGRLayerH layer; /* the dataset's */
    OGRFeatureH feature;
    weft_crs *crs;
    char *path;
    double *x, *y; /* of a ring; capacity of them */
    int64_t capacity;
    bool has_fields; /* x and y are fields: */
    int field_x, field_y;
    bool is_text;
    weft_csv_rows *csv;    /* its rows, past OGR; NULL: they come from the layer */
    int64_t open_quote;    /* the number of its row that has one; 0: none was seen */
    weft_read_watch watch; /* what GDAL says while it is opened and features are read */
};

static inline weft_status weft_vector_no_memory(const char *path, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", path);
}

#endif
