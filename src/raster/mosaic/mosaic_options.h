/* How the files of a mosaic become one input.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MOSAIC_OPTIONS_H
#define WEFT_RASTER_MOSAIC_OPTIONS_H

#include "core/overlap.h"
#include "raster/info/source_info.h"
#include "raster/source/expected_raster.h"

/* Values that a median is taken of at once: no mosaic of this rule has more files. */
#define WEFT_MOSAIC_MED_VALUES 16384

typedef struct weft_mosaic_options {
    weft_overlap rule;
    bool unscale; /* scale and offset will be applied: MIN and MAX are of the values then, not of raw pixels */
    weft_source_options source;
    /* One a path, of a catalog: those of a layout that was met before are opened when they are first read. NULL: all
     * are opened at once, as they are with `skipped` and with a mask. */
    const weft_expected_raster *expected;
    /* A file that cannot be opened, or has other bands, is left out: `skipped` is told of it, and stops all with a
     * failure. NULL: it is an error. */
    weft_status (*skipped)(void *payload, const char *path, const weft_error *reason, weft_error *err);
    void *payload;
} weft_mosaic_options;

#endif
