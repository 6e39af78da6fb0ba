/* Between the files of this folder only: the kernels that weigh pixels and add them up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_WEIGHTED_KERNELS_H
#define WEFT_PROCESSORS_WEIGHTED_KERNELS_H

#include "processors/pixel_plane.h"
#include "processors/resampler.h"

/* Doubles of scratch, besides the plane. */
int64_t weft_weighted_scratch(const weft_resampler *resampler, const weft_positions *positions);

/* Row `row` of the band into out[positions->cols], NaN where missing.
 *
 * scratch  weft_weighted_scratch() doubles, kept from row 0 to the last, row after row, of one band */
void weft_weighted_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                       int64_t row, double *scratch, double *out);

#endif
