/* weft's version and those of the libraries that run with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_VERSIONS_H
#define WEFT_PIPELINE_VERSIONS_H

typedef struct weft_version {
    const char *name, *version;
} weft_version;

/* weft first; ends with a NULL name. Static. */
const weft_version *weft_versions(void);

/* The same, but of GDAL and PROJ the versions that weft was built with: these two are not loaded for it. */
const weft_version *weft_versions_unloaded(void);

#endif
