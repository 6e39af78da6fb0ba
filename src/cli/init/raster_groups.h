/* Which files are one dataset: tiles that lie side by side are; files of one place are columns of their own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_RASTER_GROUPS_H
#define WEFT_CLI_RASTER_GROUPS_H

#include "cli/init/found_rasters.h"

typedef struct weft_raster_group {
    const weft_found_raster *first;
    int *members; /* numbers of rasters, in the order of their names */
    int count;
    char *name;       /* of the dataset: unique, as are the names of its columns */
    char *pattern;    /* that matches the members and no other raster that was found; NULL: none does */
    bool one_lattice; /* the members' pixels lie on one lattice */
} weft_raster_group;

/* Zero-initialised is empty. */
typedef struct weft_raster_groups {
    weft_raster_group *groups; /* in the order of their first members */
    int count;
    int finest; /* the one with the smallest pixels */
} weft_raster_groups;

/* Makes groups of files of one CRS, pixel size, type and number of bands that do not overlap by more than a fifth.
 * `found` outlives them. Errors: WEFT_ERR_MEMORY. */
weft_status weft_raster_groups_make(weft_raster_groups *out, const weft_found_rasters *found, weft_error *err);
void weft_raster_groups_dispose(weft_raster_groups *groups);

#endif
