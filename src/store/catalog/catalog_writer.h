/* Writes what a scan or an import finds into a catalog.
 *
 * Changes are gathered in transactions: weft_catalog_keep_up() commits one that is old enough, so that a killed scan
 * loses little. Errors of all functions, where nothing else is said: WEFT_ERR_IO (a full disk), WEFT_ERR_BUSY (another
 * program writes it), WEFT_ERR_DATA (damaged), WEFT_ERR_MEMORY. One thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_CATALOG_WRITER_H
#define WEFT_STORE_CATALOG_WRITER_H

#include "core/files/catalog_records.h"
#include "store/catalog/catalog_file.h"

/* --- folders --- */

/* Calls `visit` for each folder that was named to a scan, as weft_catalog_subfolders() does. */
weft_status weft_catalog_roots(weft_catalog *catalog,
                               weft_status (*visit)(void *payload, int64_t id, const char *path, weft_error *err),
                               void *payload, weft_error *err);

/* The folder of this path, added where it is not known. parent: the folder that it is in; 0: it was named.
 * *modified_ns: when it was listed last, 0 where that does not count. */
weft_status weft_catalog_folder(weft_catalog *catalog, const char *path, int64_t parent, int64_t *id,
                                int64_t *modified_ns, weft_error *err);
/* Keeps that a folder was listed whole, as of its time; 0: it is to be listed again. problem: why it could not be, or
 * NULL. */
weft_status weft_catalog_folder_done(weft_catalog *catalog, int64_t id, int64_t modified_ns, const char *problem,
                                     weft_error *err);

/* Calls `visit` for each folder that is known in the folder, with its whole path, which is borrowed. */
weft_status weft_catalog_subfolders(weft_catalog *catalog, int64_t id,
                                    weft_status (*visit)(void *payload, int64_t id, const char *path, weft_error *err),
                                    void *payload, weft_error *err);
/* Forgets a folder, all that is in it and all folders under it; adds to *dropped the features that go. */
weft_status weft_catalog_folder_drop(weft_catalog *catalog, int64_t id, int64_t *dropped, weft_error *err);

/* --- files --- */

/* The files of a folder that are known. Zero-initialised is empty. */
typedef struct weft_catalog_files {
    weft_catalog_file *items; /* by the bytes of their names; names and problems are owned */
    int count, capacity;
} weft_catalog_files;

weft_status weft_catalog_files_read(weft_catalog *catalog, int64_t folder, weft_catalog_files *out, weft_error *err);
void weft_catalog_files_dispose(weft_catalog_files *files);

/* Puts a file, new or changed; raster: its feature, or NULL for none. file->fid: the feature that it had, or 0: it is
 * kept, replaced or dropped. */
weft_status weft_catalog_put_file(weft_catalog *catalog, int64_t folder, const weft_catalog_file *file,
                                  const weft_catalog_raster *raster, weft_error *err);
/* Forgets a file and its feature; adds to *dropped the features that go. */
weft_status weft_catalog_drop_file(weft_catalog *catalog, int64_t folder, const char *name, int64_t *dropped,
                                   weft_error *err);

/* A file that `file` may have been before it was moved: the same inode, size and time, under another name; `visit` says
 * whether that one is gone. *fid is then its feature, which it has no more; else 0. */
weft_status weft_catalog_take_moved(weft_catalog *catalog, const weft_catalog_file *file,
                                    bool (*is_gone)(const char *folder, const char *name), int64_t *fid,
                                    weft_error *err);

/* --- imports --- */

/* Puts a feature without a file: the one of the same location is replaced, but not one that a scan made of the file
 * itself, which knows more. */
weft_status weft_catalog_put_raster(weft_catalog *catalog, const weft_catalog_raster *raster, weft_error *err);

/* --- transactions --- */

/* Commits when the oldest change is half a second old. To be called between changes, and while waiting. */
weft_status weft_catalog_keep_up(weft_catalog *catalog, weft_error *err);
/* Commits all, and brings the layer's extent up to date. */
weft_status weft_catalog_commit(weft_catalog *catalog, weft_error *err);

#endif
