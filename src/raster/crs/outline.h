/* Which places of a grid are on the map of its projection.
 *
 * The formulas of many projections go on beyond their map: what lies outside the ellipse of a Mollweide map is given
 * the longitude of some place on it, which then appears twice. A place is on the map if it comes back to itself: to
 * longitude and latitude, and forward again.
 *
 * World maps are cut along a meridian, and interrupted ones along several. Their lobes, and where these end, are found
 * by looking at the projection, whatever its name. Then a corner of a cell that is off the map has a place on the edge,
 * so that the cells that the edge cuts take the part that is on the map.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_OUTLINE_H
#define WEFT_RASTER_OUTLINE_H

#include "raster/crs/grid.h"

typedef struct weft_outline weft_outline;

/* NULL in *out where all of the grid is on the map, as far as points along its sides and a net of points inside tell,
 * and where its CRS is geographic. A cylindrical map goes on for ever: there a grid that is no wider than one turn is
 * on the map everywhere. `grid` outlives it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_outline_new(weft_outline **out, const weft_grid *grid, weft_error *err);
void weft_outline_free(weft_outline *outline);

/* Longitudes of n places in the grid's CRS; NaN for those off the map. With an edge they run on from
 * weft_outline_west() over 360 degrees. Any thread. Errors: WEFT_ERR_MEMORY. */
weft_status weft_outline_longitudes(weft_outline *outline, int64_t n, const double *x, const double *y, double *lon,
                                    weft_error *err);

/* Whether the map is cut along meridians; else nothing is known of its edge. */
bool weft_outline_has_edge(const weft_outline *outline);
/* The longitude of the cut at the map's left side, for maps that have an edge. */
double weft_outline_west(const weft_outline *outline);
/* The longitude and latitude on the edge for a place off a map that has an edge: along the row of the grid, or on the
 * pole beyond it. Its line of `lon` and `lat` is left and right of what is on the map, and never crosses it. */
void weft_outline_edge(const weft_outline *outline, double x, double y, double *lon, double *lat);
/* Whether a rectangle in the grid's CRS, and two cells around it, are off a map that has an edge. False: perhaps not.
 */
bool weft_outline_is_off(const weft_outline *outline, weft_bounds bounds);

/* Longitude and latitude of the grid's own datum, as a grid of degrees over the globe. */
const weft_grid *weft_outline_globe(const weft_outline *outline);

#endif
