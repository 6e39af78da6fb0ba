/* Which files a raster is made of, and how they look to the file system.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_FILE_LIST_H
#define WEFT_RASTER_FILE_LIST_H

#include "core/status.h"

#include <stdint.h>

/* One file. bytes: -1 when it is not there. modified_ns: 0 where the file system does not tell. */
typedef weft_status (*weft_file_list_fn)(void *payload, const char *path, int64_t bytes, int64_t modified_ns,
                                         weft_error *err);

/* Tells `fn` of the raster at `path`, its companions (.aux.xml, .ovr, ..) and, for a VRT, the files that it names, and
 * those that they name. A raster that cannot be opened is told of by its own name. A file may be told of twice.
 *
 * one_of_many  companions are not looked for, and the file is opened only where it is a VRT: for mosaics
 * errors       those of fn; WEFT_ERR_MEMORY */
weft_status weft_file_list_visit(const char *path, bool one_of_many, weft_file_list_fn fn, void *payload,
                                 weft_error *err);

#endif
