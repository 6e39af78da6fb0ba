/* What a VRT names as its sources, without opening any of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VRT_SOURCES_H
#define WEFT_RASTER_VRT_SOURCES_H

#include "core/status.h"

/* Whether it is XML that describes a VRT: as a file, or as the name itself. */
bool weft_file_is_vrt(const char *path);

/* Calls `visit` for each name, paths that are relative to the VRT as those of its folder; a name may come twice. The
 * name is borrowed. vrt: a file, or XML. XML that cannot be read has none. Errors: those of visit; WEFT_ERR_MEMORY. */
weft_status weft_vrt_sources_visit(const char *vrt,
                                   weft_status (*visit)(void *payload, const char *path, weft_error *err),
                                   void *payload, weft_error *err);

#endif
