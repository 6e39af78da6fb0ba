/* Between the files of this folder only: the kernels that choose one of the footprint's pixels: mode, min, max, med,
 * q1, q3.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ORDER_KERNELS_H
#define WEFT_PROCESSORS_ORDER_KERNELS_H

#include "processors/resample/kernel.h"
#include "processors/resample/pixel_plane.h"

/* Bytes of scratch, besides the plane. */
int64_t weft_order_scratch_bytes(const weft_resampler *resampler, const weft_positions *positions);

/* Row `row` of the band into out[positions->cols], NaN where missing. For all types but 64-bit integers. */
void weft_order_row(const weft_resampler *resampler, const weft_pixel_plane *plane, const weft_positions *positions,
                    int64_t row, void *scratch, double *out);

/* The same for 64-bit integers, exactly, from the patch itself into values of the same type and their mask. */
void weft_order_row_int64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                          int64_t row, void *scratch, int64_t *out, uint8_t *valid);
void weft_order_row_uint64(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                           int64_t row, void *scratch, uint64_t *out, uint8_t *valid);

#endif
