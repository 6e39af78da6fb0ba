/* The kernels: from source pixels in memory to values on the grid, a band of rows at a time.
 *
 * Pure functions on spans; no I/O, no allocation, no state between calls. The value of a cell depends on its position
 * and the pixels around it alone, bit for bit, never on the rest of the band or on the size of the patch.
 *
 * Methods, kernels and rules: docs/resampling.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_RESAMPLER_H
#define WEFT_PROCESSORS_RESAMPLER_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

typedef enum weft_kernel {
    WEFT_KERNEL_NEAREST,
    /* interpolate around the centre */
    WEFT_KERNEL_BILINEAR,
    WEFT_KERNEL_CUBIC,
    WEFT_KERNEL_CUBICSPLINE,
    WEFT_KERNEL_LANCZOS,
    /* weigh the pixels under the footprint */
    WEFT_KERNEL_AVERAGE,
    WEFT_KERNEL_SUM,
    WEFT_KERNEL_RMS,
    /* choose among the pixels under the footprint */
    WEFT_KERNEL_MODE,
    WEFT_KERNEL_MIN,
    WEFT_KERNEL_MAX,
    WEFT_KERNEL_MED,
    WEFT_KERNEL_Q1,
    WEFT_KERNEL_Q3,
} weft_kernel;

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
    bool mirrored;                    /* cells turn the other way in source pixels than on the grid */
    bool runs_on; /* the grid's map has an edge: corners' u runs on from one side of it to the other, over one turn
                     where the source wraps, in [0, 2 wrap_cols]; a cell may be a whole turn wide */
} weft_resampler;

/* Positions of a band of cells, in source pixels; NaN where undefined.
 *
 * separable   u depends on the column alone and v on the row alone: u has `cols` values and v `rows`, corner_u cols + 1
 * and corner_v rows + 1 otherwise   u and v have rows * cols values, row by row; corner_u and corner_v (rows + 1) *
 * (cols + 1) corners     NULL unless the kernel needs them */
typedef struct weft_positions {
    int64_t cols, rows;
    bool separable;
    const double *u, *v;
    const double *corner_u, *corner_v;
} weft_positions;

/* The type of results: nearest, mode, min, max, med, q1 and q3 keep the source type; sum gives Float64; the others, and
 * all unscaled data, give Float32 for 8- and 16-bit integers and Float32, else Float64. */
weft_data_type weft_resampler_result_type(weft_kernel kernel, weft_data_type source_type, bool unscaled);

/* Whether cells need the positions of their corners (footprints) besides those of their centres. */
bool weft_resampler_needs_corners(weft_kernel kernel);

/* How far the widened kernel reaches from a centre, in whole source pixels along u and v: a pixel whose centre is
 * farther has no weight. Footprint kernels: 0. */
void weft_resampler_reach(const weft_resampler *resampler, int64_t *reach_x, int64_t *reach_y);

/* The source pixels that the cells need, clipped to the source (not clipped in columns where it wraps: then the window
 * may start below 0 or end past wrap_cols, and is at most one turn and a kernel wide). Empty when they need none. */
weft_window weft_resampler_footprint(const weft_resampler *resampler, const weft_positions *positions);

/* Bytes of scratch that weft_resampler_run() needs for these cells and a patch of `pixels`, both known before the patch
 * is read; at most INT64_MAX / 4. */
int64_t weft_resampler_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions,
                                     weft_window pixels);

/* Values of positions->rows x positions->cols cells into `out`, from a patch that holds their footprint (or more).
 *
 * patch    of more than one cell: at most INT32_MAX pixels
 * scratch  weft_resampler_scratch_bytes() of the same arguments, aligned for doubles; its contents do not matter before
 * or after */
void weft_resampler_run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        void *scratch, weft_values out);

/* "lanczos": for messages. */
const char *weft_kernel_name(weft_kernel kernel);

#endif
