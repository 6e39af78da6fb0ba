/* Between the files of this folder only: the files of a raster as they were when it was opened, to see later that they
 * still are.
 *
 * A file may be replaced while a run uses it: another one renamed over it, or written over in place. Handles that were
 * opened before go on with the old one, or with a mixture; handles opened after it with the new one. So the facts of
 * all its files are kept from the first opening, and compared whenever a handle is opened and when all has been read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_FILE_STAMPS_H
#define WEFT_RASTER_FILE_STAMPS_H

#include "raster/files/file_facts.h"

#include <stdbool.h>

typedef struct weft_file_stamp {
    char *path;
    weft_file_facts facts;
    bool describes; /* it only says things about the raster (.aux.xml, a world file): a change counts if they change */
} weft_file_stamp;

/* Zero-initialised is empty. Immutable after weft_file_stamps_take(): any thread may compare. */
typedef struct weft_file_stamps {
    weft_file_stamp *items;
    int count, capacity;
    bool overviews;            /* they are read: an .ovr is compared as the others are */
    unsigned absent;           /* companions of items[0] that were not there, a bit each */
    const weft_cancel *cancel; /* looked at where folders or many files are; NULL: nobody stops it. Outlives it */
} weft_file_stamps;

/* Before a raster is opened: itself and the companions that have a name of their own, there or not.
 * Errors: those of weft_file_facts_read(), WEFT_ERR_MEMORY. */
weft_status weft_file_stamps_begin(weft_file_stamps *out, const char *path, const weft_cancel *cancel, weft_error *err);
/* When it is open (`dataset` is a GDALDatasetH): all other files that GDAL names for it, and those that VRTs name.
 * one_of_many: not asked where the driver is GeoTIFF's, whose companions are known already; asking takes GDAL six times
 * as long as opening. Errors: as weft_file_stamps_begin(). */
weft_status weft_file_stamps_take(weft_file_stamps *stamps, void *dataset, bool one_of_many, weft_error *err);
void weft_file_stamps_dispose(weft_file_stamps *stamps);

/* Compares with what is there now.
 *
 * whole       also all that is in folders; else only the folder itself
 * *described  whether a file changed that only describes
 * errors      WEFT_ERR_NO_INPUT (a file is gone), WEFT_ERR_DATA (it was replaced or written to), naming it; WEFT_ERR_IO
 */
weft_status weft_file_stamps_compare(const weft_file_stamps *stamps, bool whole, bool *described, weft_error *err);

#endif
