/* What the tests of kernels share: a small source, and ways to resample a single cell of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_RESAMPLER_RIG_H
#define WEFT_TESTS_RESAMPLER_RIG_H

#include "processors/resample/methods.h"
#include "processors/resampler.h"

/* The source's pixels. */
#define RIG_COLS 8
#define RIG_ROWS 6

/* A resampler of such a source; scale: source pixels a cell, on both axes. */
weft_resampler rig_resampler(const weft_method *kernel, weft_data_type type, double scale);

/* All pixels of the source. valid: a byte a pixel, or NULL where all are valid. */
weft_patch rig_patch(weft_data_type type, const void *values, const uint8_t *valid);

/* Runs a kernel with as much scratch as it asks for: a sanitizer sees a byte more. */
void rig_run(const weft_resampler *how, const weft_patch *patch, const weft_positions *positions, weft_values out);

/* One cell of a float result, its centre at pixel (u, v). It is resampled on its own and as a separable band of one,
 * and the test fails unless both give the same. */
float rig_at(const weft_resampler *how, const weft_patch *patch, double u, double v);

/* One cell of a footprint kernel, from its corners: upper left, upper right, lower left, lower right. */
double rig_over_as(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]);
float rig_over(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]);

/* A plane: 2 a column, 10 a row, 1 at the first pixel. */
void rig_fill_plane(float *values);

#endif
