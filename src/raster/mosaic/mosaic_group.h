/* Between the files of this folder only: the files of a mosaic that share one pixel lattice, read as one raster.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MOSAIC_GROUP_H
#define WEFT_RASTER_MOSAIC_GROUP_H

#include "raster/mosaic/mosaic_parts.h"

/* What tells most groups apart without looking at them. */
typedef struct weft_mosaic_lattice {
    const weft_crs *crs;
    double geotransform[6]; /* the first file's */
} weft_mosaic_lattice;

/* Whether a source may have this pixel lattice; never false where weft_mosaic_group_matches() says true. */
bool weft_mosaic_lattice_may_match(const weft_mosaic_lattice *lattice, const weft_source_info *info);

/* Whether a source fits into the group of those that came before; then *place says where its pixels lie, by the first
 * one's. Equal CRSs are one object: weft_source_share_crs(). */
bool weft_mosaic_group_matches(const weft_mosaic_group *group, const weft_source *source, weft_window *place);

/* Takes the source over, at `place`, as number `file` of the list. Errors: WEFT_ERR_MEMORY; the source is then still the
 * caller's. */
weft_status weft_mosaic_group_add(weft_mosaic_group *group, weft_source *source, int file, weft_window place,
                                  weft_error *err);

/* When all are there: the union's place, and the source. Errors: WEFT_ERR_MEMORY. */
weft_status weft_mosaic_group_finish(weft_mosaic_group *group, weft_error *err);
/* Closes its sources. */
void weft_mosaic_group_dispose(weft_mosaic_group *group);

/* What the group's source does; see mosaic_read.c. */
weft_status weft_mosaic_group_read(void *group, int band, weft_window window, void *values, uint8_t *valid,
                                   bool *all_valid, weft_error *err);

#endif
