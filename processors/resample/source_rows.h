/* Between the files of this folder only: sums over rows of a patch, pixel by pixel, in the pixels' own type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_SOURCE_ROWS_H
#define WEFT_PROCESSORS_SOURCE_ROWS_H

#include "processors/resample/kernel.h"

/* out[i] = sum over j of weights[j] * pixel(first + j, i), or of its square; NaN where one of them is missing.
 *
 * first  a source row; it and the `count` - 1 below it lie in the patch
 * out    patch->window.cols values, in the order of its columns */
void weft_source_rows_weigh(const weft_patch *patch, int64_t first, int64_t count, const double *weights, bool square,
                            double *out);

#endif
