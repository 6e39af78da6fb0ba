/* SPDX-License-Identifier: MIT
 *
 * mitchell: between cubic, which rings, and cubicspline, which blurs; two pixels to either side. */
#include "processors/resample/interpolation.h"
#include "processors/resample/methods.h"

/* The cubic filter with B = C = 1/3 (D. P. Mitchell and A. N. Netravali, "Reconstruction filters in computer graphics",
 * 1988). Its weights sum to 1 wherever the centre lies between pixels. */
WEFT_INLINE double weight(double x) {
    x = fabs(x);
    double near = (7.0 / 6 * x - 2) * x * x + 8.0 / 9, far = ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9;
    far = x < 2 ? far : 0;
    return x < 1 ? near : far;
}

WEFT_DEFINE_WEIGH(weight)

static const weft_interpolation interpolation = {.support = 2, .lobes = true, .weigh = weigh};

const weft_method weft_method_mitchell = {.choice = {.word = "mitchell", .synonyms = "mitchell netravali"},
                                          .kernel = &weft_interpolating_kernel,
                                          .result = WEFT_RESULT_WEIGHED,
                                          .interpolation = &interpolation};
