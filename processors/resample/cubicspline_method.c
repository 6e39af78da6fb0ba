/* SPDX-License-Identifier: MIT
 *
 * cubicspline: smooths, two pixels to either side. */
#include "processors/resample/interpolation.h"
#include "processors/resample/methods.h"

/* Cubic B-spline (I. J. Schoenberg 1946): smooths, and is nowhere negative. */
WEFT_INLINE double weight(double x) {
    x = fabs(x);
    double rest = 2 - x, near = (0.5 * x - 1) * x * x + 2.0 / 3, far = rest * rest * rest * (1.0 / 6);
    far = x < 2 ? far : 0;
    return x < 1 ? near : far;
}

WEFT_INLINE void of_neighbours(double share, double weights[4]) {
    double rest = 1 - share;
    weights[0] = rest * rest * rest * (1.0 / 6);
    weights[1] = (0.5 * share - 1) * share * share + 2.0 / 3;
    weights[2] = (0.5 * rest - 1) * rest * rest + 2.0 / 3;
    weights[3] = share * share * share * (1.0 / 6);
}

WEFT_DEFINE_WEIGH(weight)
WEFT_DEFINE_NEIGHBOURS(of_neighbours, 4)

static const weft_interpolation interpolation = {.support = 2, .weigh = weigh, .weigh_neighbours = neighbour_weights};

const weft_method weft_method_cubicspline = {.choice = {.word = "cubicspline", .synonyms = "spline, bspline"},
                                             .kernel = &weft_interpolating_kernel,
                                             .result = WEFT_RESULT_WEIGHED,
                                             .interpolation = &interpolation};
