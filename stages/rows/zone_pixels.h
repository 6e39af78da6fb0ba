/* The pixels under a piece of a polygon: how much it covers of each, and what each is worth.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ZONE_PIXELS_H
#define WEFT_STAGES_ZONE_PIXELS_H

#include "core/memory/buffer.h"
#include "processors/polygon/zone_sums.h"
#include "processors/resample/kernel.h"
#include "raster/source/source.h"

#define WEFT_ZONE_PIECE 32768 /* pixels of a piece, at most */
#define WEFT_ZONE_BYTES (WEFT_ZONE_PIECE * (5 * (int64_t)sizeof(double) + 9))

/* A worker's. Zero-initialised but for `memory` of WEFT_ZONE_BYTES; what it points to lies in there. */
typedef struct weft_zone_pixels {
    weft_buffer memory;
    int64_t count;
    weft_patch patch; /* as they are stored */
    double *areas;    /* 0 to 1; 0 of those that are missing too */
    double *values;   /* unscaled; NaN where missing */
    /* The values in their order (core/data_type.h): of 64-bit integers that have no scale their own. */
    uint64_t *orders;
    double *scratch; /* as many doubles, for whoever reads them */
} weft_zone_pixels;

/* Whether the orders are those of the 64-bit integers themselves, which no double could tell apart. */
bool weft_zone_keeps_integers(const weft_resampler *resampler);

/* Reads a piece. *any: the polygon covers some of it; else nothing is filled. Errors: of weft_source_read(). */
weft_status weft_zone_pixels_read(weft_zone_pixels *self, weft_source *source, int band,
                                  const weft_resampler *resampler, weft_window piece, const weft_zone_side *sides,
                                  int64_t side_count, bool *any, weft_error *err);

#endif
