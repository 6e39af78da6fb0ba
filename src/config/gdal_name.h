/* Names that GDAL reads by itself: /vsizip/.., DRIVER:.., a URL, XML.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_GDAL_NAME_H
#define WEFT_CONFIG_GDAL_NAME_H

#include <stdbool.h>

bool weft_gdal_name_is(const char *name);

/* Where the relative path *path starts: the home folder for "~/..", whose "~/" is then passed over, else `folder`. */
const char *weft_gdal_name_start(const char *folder, const char **path);

/* `name` with its path begun at `folder` (absolute) where it is relative and can be told from the rest: in local
 * archives (/vsizip/, /vsigzip/, /vsitar/, /vsi7z/, /vsirar/) and subdatasets (DRIVER:"path":rest, NETCDF:path:rest,
 * HDF5:path:rest). Other names are copied as they are. No file is looked at. Owned by the caller; NULL when memory runs
 * out. */
char *weft_gdal_name_from(const char *folder, const char *name);

#endif
