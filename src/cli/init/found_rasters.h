/* The rasters of a folder: what a first configuration has to know of each.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_FOUND_RASTERS_H
#define WEFT_CLI_FOUND_RASTERS_H

#include "core/data_type.h"
#include "raster/crs/grid.h"

typedef struct weft_found_raster {
    char *name;          /* of the file, in the folder */
    const weft_crs *crs; /* equal ones are one */
    weft_data_type type; /* of the first band */
    char *classes;       /* what says that a band's values are classes, or NULL */
    char *bands;         /* what the file calls its bands, commas between them; "" where it calls them nothing */
    double geotransform[6];
    int64_t cols, rows;
    int band_count;
    weft_bounds bounds;
    double metres; /* side of a pixel at its centre, on the ground */
} weft_found_raster;

/* A file that is a raster and cannot be used. */
typedef struct weft_left_out {
    char *name, *why;
} weft_left_out;

/* Zero-initialised is empty. */
typedef struct weft_found_rasters {
    weft_found_raster *rasters; /* by their names */
    int count;
    weft_left_out *left_out;
    int left_out_count;
    weft_crs **crss;
    int crs_count;
} weft_found_rasters;

/* Opens every file of the folder itself that GDAL takes for a raster; reads no pixels. After weft_raster_init().
 * Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION (the folder), WEFT_ERR_MEMORY. */
weft_status weft_found_rasters_read(weft_found_rasters *out, const char *folder, weft_error *err);
void weft_found_rasters_dispose(weft_found_rasters *found);

#endif
