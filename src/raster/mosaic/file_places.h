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

/* *over: whether two files share some ground. Files of one CRS do if their bounds there overlap by more than rounding,
 * others if the boxes around them in longitude and latitude do, which is the case of some that lie side by side. Where PROJ
 * knows no way to these, they are taken to share some. Equal CRSs are one object. Errors: WEFT_ERR_MEMORY. */
weft_status weft_file_places_overlap(weft_file_places *places, weft_placed_file a, weft_placed_file b, bool *over,
                                     weft_error *err);

#endif
