/* Between the files of processors only: a cell's footprint, and how much of each source pixel it covers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FOOTPRINT_H
#define WEFT_PROCESSORS_FOOTPRINT_H

#include "processors/resample/axis.h"

#include <math.h>

/* The most pixels of which areas are computed in one call. */
#define WEFT_FOOTPRINT_AREAS 1024

/* The quadrilateral of a cell's four corners in source pixels, with straight sides, and the pixels that it touches. */
typedef struct weft_footprint {
    double u[4], v[4];            /* in the order upper left, upper right, lower right, lower left; u unwrapped */
    double sign;                  /* +1 or -1: its orientation */
    bool box;                     /* its sides are parallel to the pixels' */
    bool within_one;              /* it lies within one pixel, and is no sliver */
    int64_t col, row, cols, rows; /* touched pixels, rows clipped to the source; columns too where it does not wrap */
} weft_footprint;

/* Makes the footprint of cell (row, col) of the band. Returns false where there is none: a corner is undefined, the
 * quadrilateral folds over, or its orientation differs from the layer's (a cell on the far side of the globe). The cell
 * then takes the pixel under its centre. */
bool weft_footprint_make(const weft_resampler *resampler, const weft_positions *positions, int64_t row, int64_t col,
                         weft_footprint *out);

/* The whole area in pixels, parts beyond the source included. */
double weft_footprint_area(const weft_footprint *footprint);

/* The most pixels that a cell of these positions touches. */
int64_t weft_footprint_max_pixels(const weft_resampler *resampler, const weft_positions *positions);

/* Iterates over the touched pixels, in parts of at most WEFT_FOOTPRINT_AREAS pixels, from the top. `part` is empty before
 * the first call, and is set to the next part. Returns false at the end. */
bool weft_footprint_next(const weft_footprint *footprint, weft_window *part);

/* Area, 0 to 1, that the footprint covers of the pixels of a part, row by row.
 *
 * The signed areas of the sides' trapezoids are accumulated, as font rasterisers do: a side adds to each pixel what
 * lies to its right, and the running sum is the coverage. Source: R. Levien, "Inside the fastest font renderer in the
 * world" (2016), for the accumulation; the trapezoids are plain geometry.
 *
 * areas  part.cols * part.rows doubles */
void weft_footprint_cover(const weft_footprint *footprint, weft_window part, double *areas);

/* Adds the side (u0, v0) to (u1, v1) of any polygon to `sums`. The running sum along a row of `sums` is the signed area that
 * the sides so far cover of each pixel: positive to the right of a side that goes down.
 *
 * sums        rows * (cols + 1) doubles, zeros at first
 * u0 .. v1    in pixels from the first pixel of `sums` */
void weft_footprint_add_side(double *sums, int64_t cols, int64_t rows, double u0, double v0, double u1, double v1);

#endif
