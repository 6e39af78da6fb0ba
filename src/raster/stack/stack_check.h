/* Between the files of this folder only: whether a raster on disk is what was meant to be written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_STACK_CHECK_H
#define WEFT_RASTER_STACK_CHECK_H

#include "raster/stack/stack_spec.h"

/* FNV-1a over the cells of the last band's last tile that lie on the grid; GDAL does not read the others. */
uint64_t weft_stack_last_sum(const weft_stack_spec *spec, const void *cells);

/* While it is true this thread writes no .aux.xml beside rasters: a file that needs one would be half of it. */
void weft_stack_alone(bool alone);

/* Words a failure of GDAL's, with its reason, and with what is free where the disk is all but full. */
weft_status weft_stack_io_error(weft_error *err, const char *path, const char *what);

/* Returns when the file is on disk. Errors: WEFT_ERR_IO. */
weft_status weft_stack_sync(const char *path, weft_error *err);

/* Opens the file and compares size, bands, type, geotransform, and the last tile's sum. NULL: no tile is looked at.
 * Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_stack_check(const char *path, const weft_stack_spec *spec, const uint64_t *last_sum, weft_error *err);

#endif
