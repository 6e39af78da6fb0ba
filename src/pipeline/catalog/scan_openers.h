/* Between the files of this folder only: threads that open files, and what they found.
 *
 * One thread gives files and takes results; it never waits for a full queue, so that it can keep the catalog up to date
 * meanwhile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SCAN_OPENERS_H
#define WEFT_PIPELINE_SCAN_OPENERS_H

#include "pipeline/catalog/scan_folder.h"
#include "raster/info/raster_header.h"

/* A file that is opened. */
typedef struct weft_scan_file {
    weft_scan_folder *folder; /* of which it is a holder */
    weft_scan_entry entry;    /* its name is the folder's */
    char *path;
    const char **siblings;
    weft_raster_header header;
} weft_scan_file;

typedef struct weft_scan_openers weft_scan_openers;

/* pattern: outlives it; NULL: none. Errors: WEFT_ERR_MEMORY; those of weft_raster_init(). */
weft_status weft_scan_openers_new(weft_scan_openers **out, int threads, const char *pattern, weft_error *err);
/* Waits for what is being opened. NULL is fine. */
void weft_scan_openers_free(weft_scan_openers *openers);

/* A place for a file, zeroed, or NULL where all are taken: weft_scan_openers_take() frees some. */
weft_scan_file *weft_scan_openers_place(weft_scan_openers *openers);
/* The place is filled in: the file is opened soon; sooner with `flush`, which sends those that wait for more. */
void weft_scan_openers_give(weft_scan_openers *openers, weft_scan_file *file);
void weft_scan_openers_flush(weft_scan_openers *openers);

/* Calls `fn` for each file that was opened since; waits up to `wait_ms` for one. *idle: nothing is being opened.
 * Errors: those of fn, WEFT_ERR_MEMORY. */
weft_status weft_scan_openers_take(weft_scan_openers *openers, int wait_ms,
                                   weft_status (*fn)(void *payload, weft_scan_file *file, weft_error *err),
                                   void *payload, bool *idle, weft_error *err);

#endif
