/* What kernels take and give: a method, a patch of source pixels, and the positions of cells in it.
 *
 * Kernels are pure functions on spans; no I/O, no allocation, no state between calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_KERNEL_H
#define WEFT_PROCESSORS_KERNEL_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

typedef struct weft_method weft_method; /* method.h */

/* A rectangle of source pixels in memory. */
typedef struct weft_patch {
    weft_window window; /* in source pixels; where the source wraps, columns may lie outside 0 .. wrap_cols - 1 */
    weft_data_type type;
    const void *values;   /* window.rows * window.cols, packed */
    const uint8_t *valid; /* as many bytes, 0 = missing; NULL: nothing is missing. NaN is missing besides */
} weft_patch;

/* How one layer is resampled; fixed for the run. */
typedef struct weft_resampler {
    const weft_method *method;
    weft_data_type source_type, type; /* of pixels and of results: weft_resampler_result_type() */
    double scale_x, scale_y;          /* source pixels a cell along u and v */
    double value_scale, value_offset; /* result = raw * value_scale + value_offset */
    double argument;                  /* what the method is asked for: of p the hundredths, of share the class */
    double min_coverage;              /* cells of whose footprint valid pixels cover less are missing; 0: none is */
    int64_t source_cols, source_rows; /* pixels outside are missing */
    int64_t wrap_cols;                /* > 0: columns are modulo this */
    bool mirrored;                    /* cells turn the other way in source pixels than on the grid */
    bool runs_on; /* the grid's map has an edge: corners' u runs on from one side of it to the other, over one turn
                     where the source wraps, in [0, 2 wrap_cols]; a cell may be a whole turn wide */
} weft_resampler;

/* Positions of a band of cells, in source pixels; NaN where undefined.
 *
 * separable   u depends on the column alone and v on the row alone: u has `cols` values and v `rows`, corner_u cols + 1
 * and corner_v rows + 1 otherwise   u and v have rows * cols values, row by row; corner_u and corner_v (rows + 1) *
 * (cols + 1)
 * apart       cells share no corners: each has four of its own, upper left, upper right, lower left, lower right;
 * not separable
 * corners     NULL unless the kernel needs them */
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
