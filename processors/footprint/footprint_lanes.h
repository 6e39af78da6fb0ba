/* Between the files of this folder only: the footprints of cells side by side, and the areas that they cover, for the
 * many cells that touch few pixels and lie inside the source. Each step is a loop over all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FOOTPRINT_LANES_H
#define WEFT_PROCESSORS_FOOTPRINT_LANES_H

#include "processors/resample/kernel.h"

#define WEFT_FOOTPRINT_LANES 16 /* cells */
#define WEFT_FOOTPRINT_SIDE  8  /* pixels, at most, across and down */

typedef struct weft_footprint_lanes {
    double u[4][WEFT_FOOTPRINT_LANES], v[4][WEFT_FOOTPRINT_LANES]; /* corners, from the first touched pixel */
    double col[WEFT_FOOTPRINT_LANES], row[WEFT_FOOTPRINT_LANES];   /* that pixel */
    double cols[WEFT_FOOTPRINT_LANES], rows[WEFT_FOOTPRINT_LANES]; /* touched pixels */
    bool few[WEFT_FOOTPRINT_LANES];                                /* false: the cell is none for lanes */
    int max_cols, max_rows;                                        /* of those that are */
    double areas[WEFT_FOOTPRINT_SIDE][WEFT_FOOTPRINT_SIDE][WEFT_FOOTPRINT_LANES]; /* row, column, cell; 0 to 1 */
} weft_footprint_lanes;

/* Makes the footprints of `n` cells, at most WEFT_FOOTPRINT_LANES, from (row, col) on; true where any is for lanes. A
 * cell that touches more pixels, lies partly outside, folds over or has an undefined corner is left to
 * weft_footprint_make(). What a cell is depends on itself alone. */
bool weft_footprint_lanes_make(weft_footprint_lanes *out, const weft_resampler *resampler,
                               const weft_positions *positions, int64_t row, int64_t col, int64_t n);

/* Where the first pixel of each lane lies in a window of source pixels; 0 for those that are none for lanes, and -1 for
 * those whose pixels do not lie side by side there. */
void weft_footprint_lanes_find(const weft_footprint_lanes *lanes, weft_window window, int64_t wrap_cols,
                               int64_t at[WEFT_FOOTPRINT_LANES]);

/* The areas, of max_rows by max_cols pixels.
 *
 * A side adds, to the area left of every line between columns, what lies left of it there, signed by the way it runs
 * (Green's theorem), row of pixels by row of pixels; neighbouring lines differ by the area in between. */
void weft_footprint_lanes_cover(weft_footprint_lanes *lanes, bool mirrored);

#endif
