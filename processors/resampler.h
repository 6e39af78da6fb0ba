/* The entry to the kernels: from source pixels in memory to values on the grid, a band of grid rows at a time.
 *
 * Pure functions on memory: no I/O, no allocation, no state between calls; any thread. A cell's value depends on its
 * position and on the pixels around it alone, to the last bit, never on the rest of the band or on the size of the patch.
 *
 * Call order, for one band of cells:
 *
 * 1. weft_resampler_footprint()       the source pixels that the cells need; read them into a patch
 * 2. weft_resampler_scratch_bytes()   the scratch that the kernel needs; reserve it
 * 3. weft_resampler_run()             the values
 *
 * Methods, kernels and rules: docs/resampling.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_RESAMPLER_H
#define WEFT_PROCESSORS_RESAMPLER_H

#include "processors/resample/method.h"

/* The type of results, by weft_method.result. `unscaled`: the band's scale or offset is applied, so that the type is a
 * float. */
weft_data_type weft_resampler_result_type(const weft_method *method, weft_data_type source_type, bool unscaled);

/* The support of the (widened) kernel, in whole source pixels along u and v: a pixel whose centre is farther from the
 * cell's centre has no weight. 0 for footprint methods. */
void weft_resampler_support(const weft_resampler *resampler, int64_t *support_x, int64_t *support_y);

/* The source pixels that the cells need, clipped to the source. Empty where they need none. Where the source wraps,
 * columns are not clipped: the window may start below 0 or end past wrap_cols, and is at most wrap_cols and a kernel
 * wide. */
weft_window weft_resampler_footprint(const weft_resampler *resampler, const weft_positions *positions);

/* Bytes of scratch that weft_resampler_run() needs for these cells and a patch of `pixels`; at most INT64_MAX / 4. The
 * patch need not be read yet. */
int64_t weft_resampler_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions,
                                     weft_window pixels);

/* Computes the values of a band of cells.
 *
 * patch      holds at least weft_resampler_footprint() of these positions; at most INT32_MAX pixels, unless the band is
 *            one cell
 * positions  of positions->rows x positions->cols cells
 * scratch    weft_resampler_scratch_bytes() bytes for the same arguments, aligned for doubles, contents undefined
 * out        positions->rows x positions->cols values of resampler->type, by its stride; a missing value is NaN in
 *            floats, and a 0 in the mask otherwise */
void weft_resampler_run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        void *scratch, weft_values out);

#endif
