/* SPDX-License-Identifier: MIT
 *
 * bilinear: a triangle, one pixel to either side. */
#include "processors/lattice/quad.h"
#include "processors/resample/interpolation.h"
#include "processors/resample/methods.h"

WEFT_INLINE double triangle(double x) {
    double weight = 1 - fabs(x);
    return weight > 0 ? weight : 0;
}

/* Four taps at once, where the taps are so many: it is the method that is asked for most. */
WEFT_MULTIVERSION static double weigh(const weft_axis *axis, double offset, int64_t count, double *restrict weights) {
    if (count % WEFT_QUAD != 0) {
        for (int64_t i = 0; i < count; i++)
            weights[i] = triangle((offset + (double)i) * axis->per_pixel);
        return weft_weights_sum(weights, count);
    }
    weft_quad sums = {0, 0, 0, 0}, taps = {0, 1, 2, 3};
    for (int64_t i = 0; i < count; i += WEFT_QUAD) {
        weft_quad four = (offset + taps) * axis->per_pixel;
        weft_quad_absolute(&four);
        four = 1 - four;
        weft_quad_drop(&four, WEFT_WEIGHT_ROUNDING);
        weft_quad_store(&four, weights + i);
        sums += four;
        taps += WEFT_QUAD;
    }
    return weft_quad_sum(&sums);
}

WEFT_INLINE void of_neighbours(double share, double weights[2]) {
    weights[0] = 1 - share;
    weights[1] = share;
}

WEFT_DEFINE_NEIGHBOURS(of_neighbours, 2)

static const weft_interpolation interpolation = {
    .support = 1, .narrow = true, .weigh = weigh, .weigh_neighbours = neighbour_weights};

const weft_method weft_method_bilinear = {.choice = {.word = "bilinear", .synonyms = "linear"},
                                          .kernel = &weft_interpolating_kernel,
                                          .result = WEFT_RESULT_WEIGHED,
                                          .interpolation = &interpolation};
