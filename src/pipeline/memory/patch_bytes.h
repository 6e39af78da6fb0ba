/* What a worker takes of memory for a patch of source pixels: the pixels, their mask, and the kernel's scratch. The
 * plan asks it for what one cell needs at least, the estimate for what a band will fill.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PATCH_BYTES_H
#define WEFT_PIPELINE_PATCH_BYTES_H

#include "processors/resampler.h"

/* Bytes for a patch of `pixels` under a band that is `band_cols` cells wide; a large number where they
 * are more than 10^15.
 *
 * separable   the lattice's: columns and rows are apart, and weights are made once for each */
int64_t weft_patch_bytes(const weft_resampler *resampler, bool separable, weft_window pixels, int64_t band_cols);

/* Bytes that one cell may need at once, wherever it lies and, where not separable, however it is turned. */
int64_t weft_patch_cell_bytes(const weft_resampler *resampler, bool separable);

#endif
