/* The kernels: from source pixels in memory to values on the grid, a row of cells at a time.
 *
 * Pure functions on spans; no I/O, no allocation, no state between calls. The value of a cell depends on its position
 * and the pixels around it alone, bit for bit, never on the rest of the row or on the size of the patch.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_RESAMPLER_H
#define WEFT_PROCESSORS_RESAMPLER_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

typedef enum weft_kernel { WEFT_KERNEL_NEAREST, WEFT_KERNEL_BILINEAR, WEFT_KERNEL_AVERAGE } weft_kernel;

/* A rectangle of source pixels in memory. */
typedef struct weft_patch {
    weft_window window; /* in source pixels; where the source wraps, columns may lie outside 0 .. wrap_cols - 1 */
    weft_data_type type;
    const void *values;   /* window.rows * window.cols, packed */
    const uint8_t *valid; /* as many bytes, 0 = missing; NULL: nothing is missing. NaN is missing besides */
} weft_patch;

/* How one layer is resampled; fixed for the run. */
typedef struct weft_resampler {
    weft_kernel kernel;
    weft_data_type source_type, type; /* of pixels and of results: weft_resampler_result_type() */
    double scale_x, scale_y;          /* source pixels a cell along u and v */
    double value_scale, value_offset; /* result = raw * value_scale + value_offset */
    int64_t source_cols, source_rows; /* pixels outside are missing */
    int64_t wrap_cols;                /* > 0: columns are modulo this */
} weft_resampler;

/* The type of results: nearest keeps the source type; unscaled data and the averaging kernels give Float32 for 8- and
 * 16-bit integers and Float32, else Float64. */
weft_data_type weft_resampler_result_type(weft_kernel kernel, weft_data_type source_type, bool unscaled);

/* Whether cells need the positions of their corners (footprints) or of their centres. */
bool weft_resampler_needs_corners(weft_kernel kernel);

/* How far the widened kernel reaches from a centre, in whole source pixels along u and v: a pixel whose centre is
 * farther has no weight. Footprint kernels: 0. */
void weft_resampler_reach(const weft_resampler *resampler, int64_t *reach_x, int64_t *reach_y);

/* Positions of one row of n cells, in source pixels; NaN where undefined. */
typedef struct weft_row_positions {
    int64_t n;
    const double *u, *v;               /* centres, n */
    const double *top_u, *top_v;       /* upper corners, n + 1; NULL unless the kernel needs corners */
    const double *bottom_u, *bottom_v; /* lower corners, n + 1 */
} weft_row_positions;

/* The source pixels that some rows of cells need, clipped to the source (not clipped in columns where it wraps: then
 * the window may start below 0 or end past wrap_cols, and is at most one turn and a kernel wide). Empty when they need
 * none. */
weft_window weft_resampler_footprint(const weft_resampler *resampler, const weft_row_positions *rows,
                                     int64_t row_count);

/* Values of n cells into row 0 of `out`, from a patch that holds the row's footprint (or more). */
void weft_resampler_run(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                        weft_values out);

#endif
