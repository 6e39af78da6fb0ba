/* Between the files of this folder only: methods that choose one of the pixels under a cell's footprint.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ORDER_KERNELS_H
#define WEFT_PROCESSORS_ORDER_KERNELS_H

#include "processors/resample/method.h"

extern const weft_kernel weft_order_kernel;

/* How many different values the samples have. Puts them in another order. */
int64_t weft_samples_variety(weft_sample *items, int64_t count);

#endif
