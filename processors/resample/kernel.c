/* SPDX-License-Identifier: MIT */
#include "processors/resample/kernel.h"

const char *weft_kernel_name(weft_kernel kernel) {
    static const char *const names[] = {"nearest", "bilinear", "cubic", "cubicspline", "lanczos", "average", "sum",
                                        "rms",     "mode",     "min",   "max",         "med",     "q1",      "q3"};
    return names[kernel];
}

bool weft_kernel_needs_corners(weft_kernel kernel) {
    return kernel >= WEFT_KERNEL_AVERAGE;
}
