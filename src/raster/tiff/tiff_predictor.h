/* Undoes what a TIFF's predictor did to pixels before they were compressed (TIFF 6.0, section 14; TIFF Technical Note 3).
 * Pure functions on memory, for little-endian machines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIFF_PREDICTOR_H
#define WEFT_RASTER_TIFF_PREDICTOR_H

#include <stdint.h>

/* Horizontal differencing (2): each value has the one before it, of the same band, added, modulo the values' range.
 *
 * pixels  `rows` rows of `values` values of `value_bytes` (1, 2, 4 or 8), `samples` of them a pixel */
void weft_tiff_undo_differences(void *pixels, int64_t rows, int64_t values, int value_bytes, int samples);

/* Floating point differencing (3): bytes are summed up along the row, of which the first part holds the most significant
 * byte of each value, and the last the least.
 *
 * value_bytes  4 or 8
 * row_bytes    scratch for a row: values * value_bytes */
void weft_tiff_undo_float_differences(void *pixels, int64_t rows, int64_t values, int value_bytes, int samples,
                                      uint8_t *row_bytes);

/* Takes one band out of pixels that are interleaved: value number `sample` of each pixel. */
void weft_tiff_take_band(const void *pixels, int64_t count, int value_bytes, int samples, int sample, void *out);

#endif
