/* Between the files of this folder only: whether files of a mosaic lie over each other, on Earth.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_FILE_PLACES_H
#define WEFT_RASTER_FILE_PLACES_H

#include "raster/source/source.h"

/* The places of files by their numbers, each found when it is first asked for. One thread. */
typedef struct weft_file_places weft_file_places;

/* For `count` files at most. Errors: WEFT_ERR_MEMORY. */
weft_status weft_file_places_new(weft_file_places **out, int count, weft_error *err);
/* NULL is fine. */
void weft_file_places_free(weft_file_places *places);

/* A file of a mosaic: its number, and what is open of it. */
typedef struct weft_placed_file {
    int number;
    const weft_source *source;
} weft_placed_file;

/* *over: whether two files cover some ground together. For files of one CRS (the same object) their bounds in it
 * decide, which must overlap by more than rounding. For others the boxes around them in longitude and latitude decide,
 * so that some that lie side by side count as well, and so do files for which PROJ knows no longitudes. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_file_places_overlap(weft_file_places *places, weft_placed_file a, weft_placed_file b, bool *over,
                                     weft_error *err);

#endif
