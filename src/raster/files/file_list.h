/* Which files a raster is made of, and how they look to the file system.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_FILE_LIST_H
#define WEFT_RASTER_FILE_LIST_H

#include "raster/files/file_facts.h"

/* One file, or a folder that is a raster as a whole. */
typedef weft_status (*weft_file_list_fn)(void *payload, const char *path, const weft_file_facts *facts,
                                         weft_error *err);

/* Tells `fn` of the raster at `path`, its companions (.aux.xml, .ovr, ..) and, for a VRT, the files that it names, and
 * those that they name. A raster that cannot be opened is told of by its own name. A file may be told of twice.
 * `cancel` as in weft_file_facts_read(). Errors: those of fn and of weft_file_facts_read(); WEFT_ERR_MEMORY. */
weft_status weft_file_list_visit(const char *path, weft_file_list_fn fn, void *payload, const weft_cancel *cancel,
                                 weft_error *err);

/* The same of an open dataset (a GDALDatasetH). */
weft_status weft_file_list_of_dataset(void *dataset, weft_file_list_fn fn, void *payload, const weft_cancel *cancel,
                                      weft_error *err);

#endif
