/* What a source covers in another CRS.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_EXTENT_H
#define WEFT_RASTER_SOURCE_EXTENT_H

#include "raster/source/source.h"

/* The ways between two CRSs, for several sources. One thread at a time. */
typedef struct weft_extent_finder weft_extent_finder;

/* from, to   outlive it
 * area       what is asked for lies in it, in `from`: it fixes PROJ's ranking of operations
 * tolerance  in x and y, in units of `to`: bounds are sought as exactly as that
 * errors     WEFT_ERR_DATA (PROJ knows no way), WEFT_ERR_MEMORY */
weft_status weft_extent_finder_new(weft_extent_finder **out, const weft_crs *from, const weft_crs *to, weft_bounds area,
                                   const double tolerance[2], weft_error *err);
void weft_extent_finder_free(weft_extent_finder *finder);

/* Bounds of a part of a source, which is of the CRS `from`.
 *
 * pixels  the part, in the source's pixels
 * out     of one CRS: exact. Else of all that has a place there and comes back from it: also of the inside, with the
 *         poles in it. Where `to` is geographic, x is the narrowest range of longitudes, in degrees from
 *         -180 to 180 where the part goes round a pole or the globe; else xmin lies in [-180, 180) and xmax may lie
 *         beyond 180
 * errors  WEFT_ERR_DATA (no place of it exists in `to`), WEFT_ERR_MEMORY */
weft_status weft_source_extent(weft_extent_finder *finder, const weft_source *source, weft_window pixels,
                               weft_bounds *out, weft_error *err);

/* A quick look: the bounds of a few places of the part, which lie within what weft_source_extent() finds. *plain:
 * whether the part reaches beyond these bounds by at most a quarter of their width and height. If not, the bounds are
 * of no use: a place has no image, longitudes go far round, or both CRSs are the same. */
void weft_source_extent_glance(weft_extent_finder *finder, const weft_source *source, weft_window pixels,
                               weft_bounds *out, bool *plain);

#endif
