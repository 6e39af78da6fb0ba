/* From places on the grid to places in a source: exact, whatever lies between.
 *
 * Grid coordinates are (column, row) as real numbers: (0, 0) is the grid's top left corner, (0.5, 0.5) the centre of
 * the first cell. Source coordinates are (u, v) in pixels, (0, 0) the outer corner of the first pixel.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PROJECTOR_H
#define WEFT_RASTER_PROJECTOR_H

#include "raster/source.h"

typedef struct weft_projector weft_projector;

/* Owns its transforms (transform_pool.h). `grid` and `source` outlive it. */
weft_status weft_projector_new(weft_projector **out, const weft_grid *grid, const weft_source *source, weft_error *err);
/* The same, with the transforms of `like`, which suits the source and is freed with it or after its last use; NULL:
 * with its own. */
weft_status weft_projector_new_like(weft_projector **out, const weft_grid *grid, const weft_source *source,
                                    const weft_projector *like, weft_error *err);
void weft_projector_free(weft_projector *projector);

/* When both share a CRS: u = a[0] + a[1] col + a[2] row, v = a[3] + a[4] col + a[5] row, and true. Grids whose lines
 * meet the pixels' to 1e-6 of a pixel meet exactly. */
bool weft_projector_affine(const weft_projector *projector, double a[6]);

/* Replaces n grid coordinates by source coordinates; NaN where a point does not transform. Where the source wraps, u is
 * in [0, wrap_cols). The result for a point does not depend on the others. Any thread. Errors: WEFT_ERR_MEMORY,
 * WEFT_ERR_INTERNAL (a transform cannot be made). */
weft_status weft_projector_project(weft_projector *projector, int64_t n, double *u, double *v, weft_error *err);

/* Whether the map of the grid's projection has an edge (outline.h). */
bool weft_projector_has_edge(const weft_projector *projector);
/* As weft_projector_project(), but where the map has an edge, u runs on over all of it: where the source wraps, over
 * one turn, in [0, 2 wrap_cols). */
weft_status weft_projector_run_on(weft_projector *projector, int64_t n, double *u, double *v, weft_error *err);
/* Replaces n grid coordinates off a map that has an edge by the source coordinates of the places on the edge that
 * corners of cells take there, as weft_projector_run_on() gives them. */
weft_status weft_projector_edge(weft_projector *projector, int64_t n, double *u, double *v, weft_error *err);
/* Whether a window of the grid, and two cells around it, are off a map that has an edge. False: perhaps not. */
bool weft_projector_is_off(const weft_projector *projector, weft_window window);

/* Source pixels per cell along u and v: hypot(du/dcol, du/drow), hypot(dv/dcol, dv/drow), by the design's rule: the
 * median over the centres of 21 x 21 evenly spread cells, of those that fall into the source; where none does, of those
 * of the part of the grid that the source's bounds touch. {1, 1}, and false in *on_grid, when they touch none. */
weft_status weft_projector_scale(weft_projector *projector, double scale[2], bool *on_grid, weft_error *err);

/* Whether most of those cells turn the other way in source pixels than on the grid: south-up or mirrored sources. */
bool weft_projector_is_mirrored(const weft_projector *projector);

/* Whether it has transforms of its own: neither another's nor none. */
bool weft_projector_has_transforms(const weft_projector *projector);
/* Whether its own transforms are those of this source too: the same CRS, word for word, and the same bounds. */
bool weft_projector_suits(const weft_projector *projector, const weft_source *source);

/* All 0 where the pool is another's. */
void weft_projector_pool_stats(const weft_projector *projector, weft_pool_stats *out);
/* The first transform goes only where it is not to be kept (transform_pool.h). Any thread. */
void weft_projector_close_idle(weft_projector *projector, bool keep_first);

#endif
