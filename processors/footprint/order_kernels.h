/* Between the files of this folder only: methods that choose one of the pixels under a cell's footprint.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ORDER_KERNELS_H
#define WEFT_PROCESSORS_ORDER_KERNELS_H

#include "processors/resample/method.h"

extern const weft_kernel weft_order_kernel;

/* Puts samples in the order of their values. */
void weft_samples_sort(weft_sample *items, int64_t count);

#endif
