/* Between the files of this folder only: methods that weigh the pixels around a cell's centre.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_INTERPOLATING_KERNEL_H
#define WEFT_PROCESSORS_INTERPOLATING_KERNEL_H

#include "processors/resample/method.h"

/* Of methods with an interpolation. */
extern const weft_kernel weft_interpolating_kernel;

#endif
