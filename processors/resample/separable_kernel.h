/* Between the files of this folder only: kernels that weigh pixels, where u depends on the column alone and v on the
 * row alone: bilinear, cubic, cubicspline, lanczos, average, sum, rms.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_SEPARABLE_KERNEL_H
#define WEFT_PROCESSORS_SEPARABLE_KERNEL_H

#include "processors/resample/kernel.h"

/* Doubles of scratch for a band of cells and a patch of `pixels`. */
int64_t weft_separable_scratch(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels);

/* Row `row` of the band into out[positions->cols], NaN where missing.
 *
 * scratch  weft_separable_scratch() doubles, kept from row 0 to the last, row after row, of one band */
void weft_separable_row(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                        int64_t row, double *scratch, double *out);

#endif
