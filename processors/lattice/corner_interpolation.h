/* Between the files of this folder only: the interpolation that all of them share, and longitudes that wrap.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_CORNER_INTERPOLATION_H
#define WEFT_PROCESSORS_CORNER_INTERPOLATION_H

#include "core/multiversion.h"

#include <math.h>

/* Bilinear between a tile's corners; fx, fy in 0 .. 1. First along both sides, then between them: whoever asks gets the
 * same bits for the same place. */
WEFT_INLINE double weft_interpolate(const double corner[4], double fx, double fy) {
    double left = corner[0] + fy * (corner[2] - corner[0]);
    double right = corner[1] + fy * (corner[3] - corner[1]);
    return left + fx * (right - left);
}

/* u modulo a whole turn, in [0, wrap). The last step is for u a little under 0: the sum may round to wrap itself. */
WEFT_INLINE double weft_wrap(double u, double wrap) {
    u -= floor(u / wrap) * wrap;
    return u < wrap ? u : 0;
}

/* u moved by whole turns, to where it is nearest to the reference. */
WEFT_INLINE double weft_nearest_turn(double u, double reference, double wrap) {
    return u - wrap * round((u - reference) / wrap);
}

/* Brings a tile's corners to one turn, that of the first, so that they can be interpolated. wrap <= 0: none. */
WEFT_INLINE void weft_unwrap(double u[4], double wrap) {
    for (int i = 1; i < 4 && wrap > 0; i++)
        u[i] = weft_nearest_turn(u[i], u[0], wrap);
}

#endif
