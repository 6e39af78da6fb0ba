/* Between the files of this folder only: methods that weigh the pixels under a cell's footprint.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FOOTPRINT_KERNEL_H
#define WEFT_PROCESSORS_FOOTPRINT_KERNEL_H

#include "processors/resample/method.h"

extern const weft_kernel weft_footprint_kernel;

#endif
