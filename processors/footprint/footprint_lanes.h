/* Between the files of this folder only: a fast path for cells that touch few pixels and lie inside the source. Their
 * footprints and areas are computed for several cells at once; each step is a loop over the cells (lanes), which the
 * compiler vectorises.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FOOTPRINT_LANES_H
#define WEFT_PROCESSORS_FOOTPRINT_LANES_H

#include "processors/resample/kernel.h"

#define WEFT_FOOTPRINT_LANES 16 /* cells at once */
#define WEFT_FOOTPRINT_SIDE  8  /* the most pixels that a cell may touch across, and down */

typedef struct weft_footprint_lanes {
    double u[4][WEFT_FOOTPRINT_LANES], v[4][WEFT_FOOTPRINT_LANES]; /* corners, from the first touched pixel */
    double col[WEFT_FOOTPRINT_LANES], row[WEFT_FOOTPRINT_LANES];   /* that pixel */
    double cols[WEFT_FOOTPRINT_LANES], rows[WEFT_FOOTPRINT_LANES]; /* touched pixels */
    bool few[WEFT_FOOTPRINT_LANES];                                /* whether the cell is computed here */
    int max_cols, max_rows;                                        /* the largest cols and rows of such cells */
    double areas[WEFT_FOOTPRINT_SIDE][WEFT_FOOTPRINT_SIDE][WEFT_FOOTPRINT_LANES]; /* row, column, cell; 0 to 1 */
} weft_footprint_lanes;

/* Makes the footprints of `n` cells, at most WEFT_FOOTPRINT_LANES, from (row, col) on. Cells that touch more pixels, lie
 * partly outside, fold over or have an undefined corner have few[i] false; weft_footprint_make() does those. Each few[i]
 * depends on its cell alone. Returns whether any is true. */
bool weft_footprint_lanes_make(weft_footprint_lanes *out, const weft_resampler *resampler,
                               const weft_positions *positions, int64_t row, int64_t col, int64_t n);

/* Sets at[i] to the index of lane i's first pixel in a window of source pixels; to 0 where few[i] is false, and to -1 where
 * its pixels are not side by side in the window. */
void weft_footprint_lanes_find(const weft_footprint_lanes *lanes, weft_window window, int64_t wrap_cols,
                               int64_t at[WEFT_FOOTPRINT_LANES]);

/* Fills `areas`, of max_rows x max_cols pixels.
 *
 * By Green's theorem the area of a quadrilateral left of a vertical line is a sum over its sides: each adds the area
 * between itself and the left border, clipped at the line, with the sign of its direction. This is done for each row of
 * pixels and each line between columns. The difference of two neighbouring lines is the area in the column between. */
void weft_footprint_lanes_cover(weft_footprint_lanes *lanes, bool mirrored);

#endif
