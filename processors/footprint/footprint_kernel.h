/* Between the files of this folder only: average, sum and rms where every cell has a footprint of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FOOTPRINT_KERNEL_H
#define WEFT_PROCESSORS_FOOTPRINT_KERNEL_H

#include "processors/resample/pixel_plane.h"

/* Row `row` of the band into out[positions->cols], NaN where missing. The plane holds squares for rms. */
void weft_footprint_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                        int64_t row, double *out);

#endif
