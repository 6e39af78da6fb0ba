/* The small picture of a large layer: cells are gathered into pixels while they pass by, row after row.
 *
 * Which cells a pixel covers is integer arithmetic on the grid, and what it covers is added up in row-major order, so
 * that the picture does not depend on chunks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_QUICKLOOK_H
#define WEFT_PROCESSORS_QUICKLOOK_H

#include "core/data_type.h"

/* Pixel (x, y) covers the cells whose column c has floor(c * width / cols) = x, and rows alike. */
typedef struct weft_quicklook_shape {
    int64_t cols, rows; /* the grid's */
    int64_t width, height;
} weft_quicklook_shape;

/* At most `most` pixels a side, as high to wide as the grid has rows to columns, and no more pixels than cells. */
weft_quicklook_shape weft_quicklook_shape_fit(int64_t cols, int64_t rows, int64_t max);

/* Whether a row of pixels ends with this grid row. */
bool weft_quicklook_ends_row(const weft_quicklook_shape *shape, int64_t row);

/* The row of pixels that is under way. One thread at a time. */
typedef struct weft_quicklook {
    weft_quicklook_shape shape;
    bool nearest;    /* the cell in the pixel's middle, for classes; else the mean of all that are there */
    double *sums;    /* shape.width of them, zero at the start; borrowed */
    int64_t *counts; /* likewise */
} weft_quicklook;

/* Takes `count` cells of a grid row, from column `col` on; `cells` begins with the first of them. All cells of the grid
 * come once, in row-major order. */
void weft_quicklook_add(weft_quicklook *look, weft_values cells, int64_t row, int64_t col, int64_t count);

/* Gives the row of pixels, NaN where no cell was there, and begins the next. */
void weft_quicklook_take_row(weft_quicklook *look, float *out);

/* What the colours of a picture span: all but the lowest and the highest 2 % of its finite values. */
typedef struct weft_stretch {
    double low, high, min, max; /* NaN where there is no finite value */
    int64_t present, pixels;
} weft_stretch;

#define WEFT_STRETCH_BINS 65536

/* The value at rank floor(0.02 (n - 1)) and at rank ceil(0.98 (n - 1)) of the n finite ones. bins: WEFT_STRETCH_BINS
 * numbers to count in. */
weft_stretch weft_stretch_find(const float *values, int64_t count, uint32_t *bins);

#endif
