/* From places on the grid to places in a source: exact, whatever lies between.
 *
 * Grid coordinates are (column, row) as real numbers: (0, 0) is the grid's top left corner, (0.5, 0.5) the centre of
 * the first cell. Source coordinates are (u, v) in pixels, (0, 0) the outer corner of the first pixel.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PROJECTOR_H
#define WEFT_RASTER_PROJECTOR_H

#include "raster/crs/crs_pair.h"
#include "raster/source/source.h"

typedef struct weft_projector weft_projector;

/* `pair` leads from the grid to the source's CRS; both outlive it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_projector_new_on(weft_projector **out, weft_crs_pair *pair, const weft_source *source,
                                  weft_error *err);
/* The same, with a pair of its own. `grid` and `source` outlive it. */
weft_status weft_projector_new(weft_projector **out, const weft_grid *grid, const weft_source *source, weft_error *err);
void weft_projector_free(weft_projector *projector);

/* When both share a CRS: u = a[0] + a[1] col + a[2] row, v = a[3] + a[4] col + a[5] row, and true. Grids whose lines
 * meet the pixels' to 1e-6 of a pixel meet exactly. */
bool weft_projector_affine(const weft_projector *projector, double a[6]);

weft_crs_pair *weft_projector_pair(const weft_projector *projector);

/* Replaces n grid coordinates by source coordinates; NaN where a point does not transform. Where the source wraps, u is
 * in [0, wrap_cols). The result for a point does not depend on the others. One thread: for planning, which asks for the
 * same points for every source (weft_crs_pair_look()). Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL (a transform cannot
 * be made). */
weft_status weft_projector_project(weft_projector *projector, int64_t n, double *u, double *v, weft_error *err);

/* Replaces n places in the grid's CRS, on the grid or not, by source coordinates, exactly; else as
 * weft_projector_to_pixels(). Any thread. Errors: weft_crs_pair_project()'s. */
weft_status weft_projector_place(const weft_projector *projector, int64_t n, double *x, double *y, weft_error *err);

/* Replaces n places in the source's CRS by source coordinates, as weft_projector_project() does; but where the map of
 * the grid's projection has an edge (outline.h), u runs on over all of it: where the source wraps, over one turn, in
 * [0, 2 wrap_cols). Any thread. */
void weft_projector_to_pixels(const weft_projector *projector, int64_t n, double *x, double *y);

/* The longitude opposite the source's middle, where a place on one side is at one end of the source and a place on the
 * other side at its other end; and the degrees of a turn. False where there is none: x is no longitude, or the source
 * wraps. */
bool weft_projector_cut(const weft_projector *projector, double *cut, double *turn);

/* Source pixels per cell along u and v: hypot(du/dcol, du/drow) and hypot(dv/dcol, dv/drow), each the median over 21 x
 * 21 cells, evenly spread over the grid, whose centres fall into the source. Where none does, the cells are spread over
 * the part of the grid that the source's bounds touch. {1, 1}, and false in *on_grid, when they touch none. */
weft_status weft_projector_scale(weft_projector *projector, double scale[2], bool *on_grid, weft_error *err);

/* Whether most of those cells turn the other way in source pixels than on the grid: south-up or mirrored sources. */
bool weft_projector_is_mirrored(const weft_projector *projector);

#endif
