/* What the name of a raster or a table says of where it lies: GDAL opens paths of the system, files of its own file
 * systems ("/vsicurl/https://..."), and names of drivers ("NETCDF:a.nc:t").
 *
 * Any thread may call these functions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PATH_KIND_H
#define WEFT_RASTER_PATH_KIND_H

#include <stdbool.h>

/* Whether a name is a path of the system's own file systems. */
bool weft_is_plain_path(const char *path);

/* Whether a name has one of GDAL's file systems in it that ask other machines: also after another one, as in
 * "/vsizip//vsicurl/...". Their failures have no errno and often no number of their own. */
bool weft_is_network_path(const char *path);

/* Whether GDAL keeps what it reads of a path in its cache of downloads. */
bool weft_is_download_cached(const char *path);

#endif
