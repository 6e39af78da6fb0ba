/* A catalog of rasters: a GeoPackage with one feature a raster (sql/catalog), opened, made and closed.
 *
 * One thread at a time. While a catalog is written, others may read it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_CATALOG_FILE_H
#define WEFT_STORE_CATALOG_FILE_H

#include "core/cancel.h"

typedef struct weft_catalog weft_catalog;

typedef enum weft_catalog_mode {
    WEFT_CATALOG_READ,
    WEFT_CATALOG_WRITE, /* one that is there */
    WEFT_CATALOG_MAKE,  /* the same, made where there is none */
} weft_catalog_mode;

/* One process at a time writes a catalog: another waits until it has ended, and logs for which it waits.
 *
 * cancel   ends the wait; NULL: nothing does
 * errors   WEFT_ERR_CANCELLED, WEFT_ERR_NO_INPUT (there is none), WEFT_ERR_DATA (no catalog of weft, or of a newer one),
 *          WEFT_ERR_BUSY, WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY */
weft_status weft_catalog_open(weft_catalog **out, const char *path, weft_catalog_mode mode, const weft_cancel *cancel,
                              weft_error *err);

/* Closes it; what was written since the last weft_catalog_commit() is lost. NULL is fine. */
void weft_catalog_close(weft_catalog *catalog);

/* As it was given. */
const char *weft_catalog_path(const weft_catalog *catalog);

/* Sets the pattern that names are read with from now on; where it is another one, every file counts as changed. NULL:
 * the one that is set stays. *out is the one that holds then, to be freed; NULL: none. */
weft_status weft_catalog_use_pattern(weft_catalog *catalog, const char *pattern, char **out, weft_error *err);

#endif
