/* Between the files of this folder only: what a group of files that share one pixel lattice is made of.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MOSAIC_PARTS_H
#define WEFT_RASTER_MOSAIC_PARTS_H

#include "raster/mosaic/mosaic_options.h"
#include "raster/source/source.h"

typedef struct weft_mosaic_part {
    weft_source *source;
    int file;           /* its number in the list */
    weft_window window; /* in the group's pixels; with `turn`, its last columns may lie beyond it, and are the first */
} weft_mosaic_part;

typedef struct weft_mosaic_group {
    weft_mosaic_options options;
    weft_source *source;   /* the group as a source; made by weft_mosaic_group_finish() */
    weft_source_info info; /* its crs is the first part's */
    weft_band_info *bands;
    weft_mosaic_part *parts; /* in list order */
    int count, capacity;
    int64_t left, right; /* columns that they span, from the first one's on, until weft_mosaic_places_settle() */
    int64_t turn;        /* columns of a full turn, where some part crosses the group's right end; 0: none does */
    int *by_row;         /* parts in the order of their first rows */
    int64_t tallest;     /* rows of the tallest part */
} weft_mosaic_group;

#endif
