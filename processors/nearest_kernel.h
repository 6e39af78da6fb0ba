/* Between the files of this folder only: the pixel under each centre.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_NEAREST_KERNEL_H
#define WEFT_PROCESSORS_NEAREST_KERNEL_H

#include "processors/resampler.h"

/* What is added to a position before its fraction is dropped, so that a position on a pixel's edge, up to rounding, is
 * that pixel's. gdalwarp adds the same. */
#define WEFT_EDGE_ROUNDING 1e-10

/* Bytes of scratch. */
int64_t weft_nearest_scratch_bytes(const weft_positions *positions);

/* All cells, in the pixels' own type: values and, for integers, mask bytes. */
void weft_nearest_run(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                      void *scratch, weft_values out);

/* Row `row` as doubles, NaN where missing: for results that are unscaled. */
void weft_nearest_row(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                      int64_t row, void *scratch, double *out);

#endif
