/* Brings a catalog up to date with the rasters of folders: new and changed files are opened, header only, others are
 * looked at by the file system alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CATALOG_SCAN_H
#define WEFT_PIPELINE_CATALOG_SCAN_H

#include "core/cancel.h"

typedef struct weft_catalog_counts {
    int64_t folders;
    int64_t files;                       /* that may be rasters */
    int64_t opened;                      /* of them */
    int64_t added, changed, moved, gone; /* features */
    int64_t broken;                      /* rasters that cannot be used, of those that were opened */
    int64_t troubles;                    /* folders and links that could not be followed */
} weft_catalog_counts;

typedef struct weft_catalog_scan {
    const char *catalog;        /* made where it is not there */
    const char *const *folders; /* none: those that were named before */
    int folder_count;
    const char *pattern;       /* of file names (core/files/path_fields.h); NULL: the one of the scan before */
    int threads;               /* that open files */
    const weft_cancel *cancel; /* may be NULL */
    void (*progressed)(void *payload, const weft_catalog_counts *counts); /* some times a second; may be NULL */
    void *payload;
} weft_catalog_scan;

/* Runs it. What is done is kept whatever happens: the next scan goes on from there.
 *
 * Folders under the named ones are followed, through links too, each once. Names that begin with a dot are left out.
 * errors  WEFT_ERR_NO_INPUT (a folder that is named is not there), WEFT_ERR_DATA (it is no folder; the catalog is
 *         none), WEFT_ERR_USAGE (the pattern), WEFT_ERR_CANCELLED, WEFT_ERR_MEMORY; those of the catalog */
weft_status weft_catalog_scan_run(const weft_catalog_scan *scan, weft_catalog_counts *counts, weft_error *err);

#endif
