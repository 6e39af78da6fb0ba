/* The registry of resampling methods.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_METHODS_H
#define WEFT_PROCESSORS_METHODS_H

#include "core/choice.h"
#include "processors/resample/kernel.h"

typedef struct weft_method {
    weft_choice choice;
    weft_kernel kernel;
    bool keeps_classes; /* a result is a pixel's value, of one that means as much: nothing is calculated */
} weft_method;

extern const weft_method *const weft_methods[]; /* by number, as in weft_config.method */

/* By number from 0; NULL past the last. */
const weft_choice *weft_method_choice(int number);

#endif
