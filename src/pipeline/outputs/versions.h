/* weft's version and those of the libraries that run with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_VERSIONS_H
#define WEFT_PIPELINE_VERSIONS_H

#include <jansson.h>

typedef struct weft_version {
    const char *name, *version;
} weft_version;

/* weft first; ends with a NULL name. Static. */
const weft_version *weft_versions(void);

/* These as one object, a member each; the caller's. NULL: no memory. */
json_t *weft_versions_json(void);

/* The same as weft_versions(), but of GDAL and PROJ the versions that weft was built with: these two are not loaded for it. */
const weft_version *weft_versions_unloaded(void);

#endif
