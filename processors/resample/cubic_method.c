/* SPDX-License-Identifier: MIT
 *
 * cubic: goes through the pixels, two to either side. */
#include "processors/resample/interpolation.h"
#include "processors/resample/methods.h"

/* Cubic convolution with a = -0.5 (R. G. Keys, "Cubic convolution interpolation", 1981). */
WEFT_INLINE double weight(double x) {
    x = fabs(x);
    double near = (1.5 * x - 2.5) * x * x + 1, far = ((-0.5 * x + 2.5) * x - 4) * x + 2;
    far = x < 2 ? far : 0;
    return x < 1 ? near : far;
}

WEFT_INLINE void of_neighbours(double share, double weights[4]) {
    weights[0] = share * (-0.5 + share * (1 - 0.5 * share));
    weights[1] = 1 + share * share * (-2.5 + 1.5 * share);
    weights[2] = share * (0.5 + share * (2 - 1.5 * share));
    weights[3] = share * share * (-0.5 + 0.5 * share);
}

WEFT_DEFINE_WEIGH(weight)
WEFT_DEFINE_NEIGHBOURS(of_neighbours, 4)

static const weft_interpolation interpolation = {
    .support = 2, .narrow = true, .lobes = true, .weigh = weigh, .weigh_neighbours = neighbour_weights};

const weft_method weft_method_cubic = {.choice = {.word = "cubic", .synonyms = "bicubic, cubic convolution"},
                                       .kernel = &weft_interpolating_kernel,
                                       .result = WEFT_RESULT_WEIGHED,
                                       .interpolation = &interpolation};
