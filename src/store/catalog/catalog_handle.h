/* Between the files of this folder only: an open catalog, and its statements.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_CATALOG_HANDLE_H
#define WEFT_STORE_CATALOG_HANDLE_H

#include "core/files/file_lock.h"
#include "store/database.h"

/* Statements that are made once, when they are first used. */
typedef enum weft_catalog_statement {
    WEFT_CATALOG_FIND_FOLDER,
    WEFT_CATALOG_ADD_FOLDER,
    WEFT_CATALOG_SET_FOLDER,
    WEFT_CATALOG_SET_PARENT,
    WEFT_CATALOG_SUBFOLDERS,
    WEFT_CATALOG_ROOTS,
    WEFT_CATALOG_DROP_FOLDER,
    WEFT_CATALOG_DROP_FOLDER_FILES,
    WEFT_CATALOG_DROP_FOLDER_RASTERS,
    WEFT_CATALOG_FILES,
    WEFT_CATALOG_PUT_FILE,
    WEFT_CATALOG_DROP_FILE,
    WEFT_CATALOG_DROP_FILE_RASTER,
    WEFT_CATALOG_FIND_MOVED,
    WEFT_CATALOG_FIND_CRS,
    WEFT_CATALOG_ADD_CRS,
    WEFT_CATALOG_PUT_RASTER,
    WEFT_CATALOG_DROP_RASTER,
    WEFT_CATALOG_FIND_LOCATION,
    WEFT_CATALOG_STATEMENTS
} weft_catalog_statement;

typedef struct weft_catalog weft_catalog;

struct weft_catalog {
    weft_database database;
    char *path;
    weft_file_lock *turn; /* of who writes it, for as long as it is open; NULL: reads, or goes without */
    bool writes, in_transaction;
    int64_t began_ns; /* of the transaction */
    sqlite3_stmt *statements[WEFT_CATALOG_STATEMENTS];
    char *crs_wkt; /* the one that was looked for last, and its id */
    int64_t crs_id;
};

/* A path or a name: text where it is UTF-8, else bytes. Not copied. */
void weft_catalog_bind_name(sqlite3_stmt *statement, int place, const char *name);

#endif
