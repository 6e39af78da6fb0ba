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

#include "processors/resample/method.h"

/* The type of results: weft_method.result says which; unscaled data are never of the source type. */
weft_data_type weft_resampler_result_type(const weft_method *method, weft_data_type source_type, bool unscaled);

/* How far the widened kernel reaches from a centre, in whole source pixels along u and v: a pixel whose centre is
 * farther has no weight. Footprint kernels: 0. */
void weft_resampler_support(const weft_resampler *resampler, int64_t *support_x, int64_t *support_y);

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

#endif
