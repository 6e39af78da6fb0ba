/* What the file system says of a file: enough to tell that it is another one, or was written to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_FILE_FACTS_H
#define WEFT_RASTER_FILE_FACTS_H

#include "core/cancel.h"

#include <stdint.h>

typedef struct weft_file_facts {
    int64_t bytes;       /* of a folder: of all files under it. -1: it is not there */
    int64_t modified_ns; /* of a folder: the newest under it; 0 where the file system does not tell */
    uint64_t device, inode;
    uint64_t contents; /* of a folder: a digest of the names, sizes and times of all files under it; else 0 */
} weft_file_facts;

/* Reads the facts of `path`, which may be of GDAL's own file systems (device and inode are 0 there). What is not there
 * is no error. What may pass is tried again. `cancel` is looked at for each file under a folder; may be NULL. Any
 * thread. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION; those of weft_cancel_check(). */
weft_status weft_file_facts_read(weft_file_facts *out, const char *path, const weft_cancel *cancel, weft_error *err);

/* Like it, but of a folder the facts are its own, without what is under it. */
weft_status weft_file_facts_read_flat(weft_file_facts *out, const char *path, weft_error *err);

/* The file or folder that a name of GDAL's is about: a path itself, the archive of /vsizip/a.zip/b.tif, the file of
 * NETCDF:"a.nc":t. NULL when none is found (or no memory). On the heap. */
char *weft_file_in_name(const char *name);

/* Refuses what would block or is no file (FIFOs, sockets and devices), and what is there and may not be read: as the
 * file of `name`, as a companion of it (.aux.xml, .msk, .ovr), or under a VRT. GDAL takes a companion that it may not
 * read for one that is not there, and a raster without its nodata value or its mask for what it is. Opens nothing else
 * than VRTs. Errors: WEFT_ERR_DATA, WEFT_ERR_PERMISSION. */
weft_status weft_file_refuse_special(const char *name, weft_error *err);

#endif
