/* Between the files of this folder only: one folder that is scanned, its files and what of them has changed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SCAN_FOLDER_H
#define WEFT_PIPELINE_SCAN_FOLDER_H

#include "store/catalog/catalog_writer.h"

/* A name in the folder. */
typedef struct weft_scan_entry {
    const char *name; /* in the folder's names */
    int64_t bytes, modified_ns, changed_ns, inode;
    int64_t fid;         /* of its feature before; 0: none */
    const char *trouble; /* why it cannot be looked at (strerror); NULL */
    bool is_folder, is_known;
    bool is_link; /* of a folder: a link leads to it */
    bool opens;   /* new or changed */
} weft_scan_entry;

typedef struct weft_scan_folder {
    char *path; /* absolute */
    int64_t id;
    uint64_t device, inode;
    int64_t modified_ns;      /* 0: it was changing while it was listed */
    weft_scan_entry *entries; /* by the bytes of their names */
    int count, capacity;
    char **names; /* owned */
    int holders;  /* who still needs it: the walk, and each file that is being opened */
    bool walked;  /* all that is to be opened is on its way */
} weft_scan_folder;

/* Opens the folder, for one holder, and learns which one it is. Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION,
 * WEFT_ERR_IO, WEFT_ERR_DATA (it is none), WEFT_ERR_MEMORY. */
weft_status weft_scan_folder_open(weft_scan_folder **out, const char *path, weft_error *err);
/* One holder less; the last one frees it. NULL is fine. */
void weft_scan_folder_release(weft_scan_folder *folder);

/* Fills in the entries: files that may be rasters and their companions, compared with those that are known, and
 * folders. A folder that has the time at which it was listed before is not listed again: its files and folders are
 * those that are known.
 *
 * listed_ns  that time; 0: none
 * errors     as weft_scan_folder_open(); those of the catalog */
weft_status weft_scan_folder_list(weft_scan_folder *folder, weft_catalog *catalog, int64_t listed_ns,
                                  const weft_catalog_files *known, weft_error *err);

/* The entry of this name, or NULL. */
const weft_scan_entry *weft_scan_folder_find(const weft_scan_folder *folder, const char *name);

/* The names of files that may belong to the entry, itself among them; ends with NULL. To be freed, the names not.
 * NULL: no memory. */
const char **weft_scan_folder_siblings(const weft_scan_folder *folder, const weft_scan_entry *entry);

#endif
