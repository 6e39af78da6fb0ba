/* Between the files of this folder only: cells near missing pixels and edges, by the rules for missing values.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_MISSING_H
#define WEFT_PROCESSORS_MISSING_H

#include "processors/resample/pixel_plane.h"
#include "processors/resample/taps.h"

/* The pixel under a centre; NaN outside the source. */
double weft_value_under(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v);

/* The weighted mean (for sum: the sum) of the pixels that are there; NaN where none with weight is. */
double weft_weigh_present(const weft_resampler *resampler, const weft_pixel_plane *plane, weft_taps across,
                          const double *weights_u, weft_taps down, const double *weights_v);

/* The value of an interpolating kernel where a pixel is missing or beyond the edge: NaN where the pixel under the centre
 * is; else the mean of the valid pixels with the given weights, or for kernels with negative weights with bilinear ones,
 * as wide. Overwrites the weights. */
double weft_interpolate_with_care(const weft_resampler *resampler, const weft_pixel_plane *plane, double u, double v,
                                  weft_taps across, double *weights_u, weft_taps down, double *weights_v);

#endif
