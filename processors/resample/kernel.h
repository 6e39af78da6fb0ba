/* The data of a resampling kernel: the resampler, a patch of source pixels, and the positions of cells in it.
 *
 * Kernels are pure functions on memory: no I/O, no allocation, no state between calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_KERNEL_H
#define WEFT_PROCESSORS_KERNEL_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

typedef struct weft_method weft_method; /* method.h */

/* A rectangle of source pixels in memory, borrowed. */
typedef struct weft_patch {
    weft_window window; /* in source pixels; where the source wraps, columns may lie outside 0 .. wrap_cols - 1 */
    weft_data_type type;
    const void *values;   /* window.rows * window.cols of them, row-major without gaps */
    const uint8_t *valid; /* as many bytes, 0 = missing; NULL: all are valid. NaN is missing in any case */
} weft_patch;

/* How one layer is resampled. Fixed for the run, read by all workers. */
typedef struct weft_resampler {
    const weft_method *method;
    weft_data_type source_type, type; /* of pixels and of results: weft_resampler_result_type() */
    double scale_x, scale_y;          /* source pixels a cell along u and v */
    double value_scale, value_offset; /* result = raw * value_scale + value_offset */
    double argument;                  /* the method's number: 1 to 99 for p; else unused */
    weft_value_range class;           /* of a method of classes: weft_pixel_class(); else unused */
    double min_coverage;              /* 0 to 1: cells of which valid pixels cover less are missing */
    int64_t source_cols, source_rows; /* pixels outside are missing */
    int64_t wrap_cols;                /* > 0: the source wraps, and columns are modulo this */
    bool mirrored;                    /* the map from cells to pixels reverses orientation */
    bool runs_on; /* the grid's map has an edge: u of corners increases from one side of the map to the other. Where the
                     source wraps too, u is in [0, 2 wrap_cols], and a cell may be wrap_cols wide */
} weft_resampler;

/* Positions of a band of cells, in source pixels; NaN where undefined. Borrowed.
 *
 * separable means that u depends on the column alone and v on the row alone (one CRS, no rotation). It decides how many
 * values there are:
 *
 *            separable    not separable (row-major)     apart (not separable)
 * u          cols         rows * cols                   rows * cols
 * v          rows         rows * cols                   rows * cols
 * corner_u   cols + 1     (rows + 1) * (cols + 1)       4 * rows * cols
 * corner_v   rows + 1     (rows + 1) * (cols + 1)       4 * rows * cols
 *
 * apart: cells share no corners (cells around points). Each has four of its own, in the order upper left, upper right,
 * lower left, lower right.
 *
 * corner_u and corner_v are NULL unless the kernel needs corners (weft_kernel.corners). */
typedef struct weft_positions {
    int64_t cols, rows;
    bool separable;
    const double *u, *v;
    const double *corner_u, *corner_v;
    bool apart;
} weft_positions;

/* Where the corner of a cell lies in corner_u and corner_v, of positions that are not separable. down, right: 0 or 1.
 */
static inline int64_t weft_positions_corner(const weft_positions *positions, int64_t row, int64_t col, int down,
                                            int right) {
    if (positions->apart) return 4 * (row * positions->cols + col) + 2 * down + right;
    return (row + down) * (positions->cols + 1) + col + right;
}

#endif
