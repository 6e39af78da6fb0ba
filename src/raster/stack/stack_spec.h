/* What a stack of rasters on the grid is: its bands, their type and names.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_STACK_SPEC_H
#define WEFT_RASTER_STACK_SPEC_H

#include "core/data_type.h"
#include "core/palette.h"
#include "raster/crs/grid.h"

#define WEFT_STACK_TILE 256 /* cells a side */

typedef struct weft_stack_spec {
    const weft_grid *grid;
    weft_data_type type;         /* of all bands; not 8-bit integers with a sign */
    uint64_t nodata;             /* integers: in two's complement of 64 bits. Floats: not looked at, it is NaN */
    const char *const *names;    /* of the bands */
    const char *const *units;    /* of the bands' values; NULL where unknown */
    const weft_palette *palette; /* of the only band, which is UInt8 or UInt16; NULL: none */
    int band_count;
    int threads; /* that compress */
    bool rough;  /* compressed a little and quickly: for a file that something is made of */
} weft_stack_spec;

#endif
