/* Between the files of this folder only: what the interpolating methods' files define their weights with. Weights are
 * functions of distance without branches, in loops that are vectorised.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_INTERPOLATION_H
#define WEFT_PROCESSORS_INTERPOLATION_H

#include "core/multiversion.h"
#include "processors/resample/axis.h"
#include "processors/resample/method.h"

/* Of methods that weigh the pixels around a cell's centre, with an interpolation. */
extern const weft_kernel weft_interpolating_kernel;

/* Weights under this are what rounding leaves of a kernel's zeros. */
#define WEFT_WEIGHT_ROUNDING 1e-12

/* What rounding left of a zero is none. */
WEFT_INLINE double weft_weight_rounded(double weight) {
    return fabs(weight) <= WEFT_WEIGHT_ROUNDING ? 0 : weight;
}

/* Rounds weights. Returns their sum, four terms side by side. */
WEFT_INLINE double weft_weights_sum(double *restrict weights, int64_t count) {
    double lanes[4] = {0, 0, 0, 0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int k = 0; k < 4; k++)
            lanes[k] += weights[i + k] = weft_weight_rounded(weights[i + k]);
    for (int k = 0; i + k < count; k++)
        lanes[k] += weights[i + k] = weft_weight_rounded(weights[i + k]);
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/* Defines weigh() from weight(x), the weight at a distance of x kernel units. Four at once: so many are vectors, and
 * most cells have few. */
#define WEFT_DEFINE_WEIGH(weight)                                                                                      \
    WEFT_MULTIVERSION static double weigh(const weft_axis *axis, double offset, int64_t count,                         \
                                          double *restrict weights) {                                                  \
        double pixel = axis->per_pixel, lanes[4] = {0, 0, 0, 0};                                                       \
        int64_t i = 0;                                                                                                 \
        for (; i + 4 <= count; i += 4)                                                                                 \
            for (int k = 0; k < 4; k++)                                                                                \
                lanes[k] += weights[i + k] = weft_weight_rounded(weight((offset + (double)(i + k)) * pixel));          \
        for (int k = 0; i + k < count; k++)                                                                            \
            lanes[k] += weights[i + k] = weft_weight_rounded(weight((offset + (double)(i + k)) * pixel));              \
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);                                                          \
    }

/* Defines neighbour_weights() from of_neighbours(share, weights): the weights of the 2 * support neighbours of a centre
 * that lies `share` of a pixel right of the centre of the pixel to its left. */
#define WEFT_DEFINE_NEIGHBOURS(of_neighbours, neighbours)                                                              \
    WEFT_MULTIVERSION static void neighbour_weights(const double *restrict shares,                                     \
                                                    double(*restrict weights)[WEFT_INTERPOLATION_LANES]) {             \
        for (int i = 0; i < WEFT_INTERPOLATION_LANES; i++) {                                                           \
            double own[neighbours];                                                                                    \
            of_neighbours(shares[i], own);                                                                             \
            for (int k = 0; k < (neighbours); k++)                                                                     \
                weights[k][i] = own[k];                                                                                \
        }                                                                                                              \
    }

#endif
