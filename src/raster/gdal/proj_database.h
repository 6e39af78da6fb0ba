/* PROJ's database, proj.db, without which no EPSG code has a meaning, and the datum shift grids beside it.
 *
 * Both are found through PROJ_DATA (PROJ_LIB before PROJ 9.1), or where PROJ was installed. A PROJ that was moved, an
 * environment of conda within another, or a variable that a second installation has set, and there is none, or one that
 * belongs to another version.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PROJ_DATABASE_H
#define WEFT_RASTER_PROJ_DATABASE_H

#include "core/status.h"

#define WEFT_PROJ_TEXT_BYTES 1024

typedef struct weft_proj_database {
    char path[WEFT_PROJ_TEXT_BYTES];    /* of proj.db; "": none that PROJ can use */
    char reason[WEFT_PROJ_TEXT_BYTES];  /* then: what PROJ says of it */
    char folders[WEFT_PROJ_TEXT_BYTES]; /* where PROJ looks, with colons between them */
    char epsg[64];                      /* the version of EPSG's registry, "v10.076" */
    int grids;                          /* files of datum shift grids in the folders */
    bool network;                       /* whether PROJ fetches grids that are missing */
} weft_proj_database;

/* Looks for it. Any thread. */
void weft_proj_database_read(weft_proj_database *out);

/* Whether there is one that can be used. Errors: WEFT_ERR_NO_INPUT, with a hint that says what to set; WEFT_ERR_MEMORY.
 * Any thread. */
weft_status weft_proj_database_check(weft_error *err);

#endif
