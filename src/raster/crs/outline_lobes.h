/* Between outline.c and itself only: the lobes of a world map, and where their edges lie.
 *
 * A lobe is what lies between two cuts along meridians on one side of the equator: a world map in one piece has two,
 * north and south; an interrupted one has more.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_OUTLINE_LOBES_H
#define WEFT_RASTER_OUTLINE_LOBES_H

#include "raster/crs/grid.h"

typedef struct weft_outline_lobes weft_outline_lobes;

/* NULL in *out where the map is none of lobes: a place does not transform, nothing is cut, or the equator is no
 * straight row. `forth` leads from longitude and latitude to the map. Errors: WEFT_ERR_MEMORY. */
weft_status weft_outline_lobes_find(weft_outline_lobes **out, weft_transform *forth, weft_error *err);
void weft_outline_lobes_free(weft_outline_lobes *lobes);

/* The longitude of the cut that is the map's left side and, 360 degrees on, its right side. */
double weft_outline_lobes_west(const weft_outline_lobes *lobes);
/* The width of a map that is as wide at every latitude; else 0. */
double weft_outline_lobes_period(const weft_outline_lobes *lobes);
/* Whether a place is in the left half of its row. */
bool weft_outline_lobes_is_left(const weft_outline_lobes *lobes, double x, double y);
/* The nearest place on a lobe's edge along the row of a place off the map; the pole for what is beyond it. */
void weft_outline_lobes_edge(const weft_outline_lobes *lobes, double x, double y, double *lon, double *lat);
/* Whether no lobe reaches a rectangle. False: perhaps not. */
bool weft_outline_lobes_miss(const weft_outline_lobes *lobes, weft_bounds bounds);

#endif
