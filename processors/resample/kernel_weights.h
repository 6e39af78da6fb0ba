/* Between the files of this folder only: the kernels as functions of distance, without branches, for loops that are
 * vectorised. Where a cell's taps are the neighbours of its centre, their weights follow from its place between two
 * pixels alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_KERNEL_WEIGHTS_H
#define WEFT_PROCESSORS_KERNEL_WEIGHTS_H

#include "core/multiversion.h"

#include <math.h>

#define WEFT_PI 3.14159265358979323846

/* --- at a distance x from the centre, in kernel units --- */

WEFT_INLINE double weft_triangle(double x) {
    double weight = 1 - fabs(x);
    return weight > 0 ? weight : 0;
}

/* Cubic convolution with a = -0.5 (R. G. Keys, "Cubic convolution interpolation", 1981). */
WEFT_INLINE double weft_keys_cubic(double x) {
    x = fabs(x);
    double near = (1.5 * x - 2.5) * x * x + 1, far = ((-0.5 * x + 2.5) * x - 4) * x + 2;
    far = x < 2 ? far : 0;
    return x < 1 ? near : far;
}

/* Cubic B-spline (I. J. Schoenberg 1946): smooths, and is nowhere negative. */
WEFT_INLINE double weft_cubic_bspline(double x) {
    x = fabs(x);
    double rest = 2 - x, near = (0.5 * x - 1) * x * x + 2.0 / 3, far = rest * rest * rest * (1.0 / 6);
    far = x < 2 ? far : 0;
    return x < 1 ? near : far;
}

/* The first terms of lanczos at a distance under 1e-4: the next is under 1e-16. */
WEFT_INLINE double weft_lanczos3_near_zero(double x) {
    return 1 - WEFT_PI * WEFT_PI * (5.0 / 27) * x * x;
}

/* Lanczos with three lobes (C. E. Duchon, "Lanczos filtering in one and two dimensions", 1979). */
static inline double weft_lanczos3(double x) {
    double y = WEFT_PI * x;
    if (fabs(x) < 1e-4) return weft_lanczos3_near_zero(x);
    return fabs(x) < 3 ? 3 * sin(y) * sin(y / 3) / (y * y) : 0;
}

/* Sines and cosines of pi x (fast) and of pi x / 3 (slow). */
typedef struct weft_waves {
    double fast_sin, fast_cos, slow_sin, slow_cos;
} weft_waves;

/* For x from -3 to 3, to 1e-15: Taylor's series of a sixth of the angle, which lies within a quarter turn, then the
 * double and the triple angle. */
WEFT_INLINE weft_waves weft_waves_at(double x) {
    double a = x * (WEFT_PI / 6), q = a * a;
    double s = 1 - q * (1.0 / 342);
    s = 1 - q * (1.0 / 272) * s;
    s = 1 - q * (1.0 / 210) * s;
    s = 1 - q * (1.0 / 156) * s;
    s = 1 - q * (1.0 / 110) * s;
    s = 1 - q * (1.0 / 72) * s;
    s = 1 - q * (1.0 / 42) * s;
    s = 1 - q * (1.0 / 20) * s;
    s = a * (1 - q * (1.0 / 6) * s);
    double c = 1 - q * (1.0 / 380);
    c = 1 - q * (1.0 / 306) * c;
    c = 1 - q * (1.0 / 240) * c;
    c = 1 - q * (1.0 / 182) * c;
    c = 1 - q * (1.0 / 132) * c;
    c = 1 - q * (1.0 / 90) * c;
    c = 1 - q * (1.0 / 56) * c;
    c = 1 - q * (1.0 / 30) * c;
    c = 1 - q * (1.0 / 12) * c;
    c = 1 - q * (1.0 / 2) * c;
    double s2 = 2 * s * c, c2 = 1 - 2 * s * s;
    return (weft_waves){s2 * (3 - 4 * s2 * s2), c2 * (4 * c2 * c2 - 3), s2, c2};
}

/* --- of the neighbours of a centre that lies `share` of the way from one to the next ---
 *
 * Two for bilinear (before and after it), four for cubic and cubicspline, six for lanczos. They sum to 1. */

WEFT_INLINE void weft_share_bilinear(double share, double weights[2]) {
    weights[0] = 1 - share;
    weights[1] = share;
}

WEFT_INLINE void weft_share_cubic(double share, double weights[4]) {
    weights[0] = share * (-0.5 + share * (1 - 0.5 * share));
    weights[1] = 1 + share * share * (-2.5 + 1.5 * share);
    weights[2] = share * (0.5 + share * (2 - 1.5 * share));
    weights[3] = share * share * (-0.5 + 0.5 * share);
}

WEFT_INLINE void weft_share_cubicspline(double share, double weights[4]) {
    double rest = 1 - share;
    weights[0] = rest * rest * rest * (1.0 / 6);
    weights[1] = (0.5 * share - 1) * share * share + 2.0 / 3;
    weights[2] = (0.5 * rest - 1) * rest * rest + 2.0 / 3;
    weights[3] = share * share * share * (1.0 / 6);
}

/* sin(pi (x + n)) is that of pi x with the sign of n's parity; sin(pi (x + n) / 3) turns by sixths. */
WEFT_INLINE void weft_share_lanczos(double share, double weights[6]) {
    const double half_root = 0.86602540378443864676; /* sin(pi / 3) */
    weft_waves at = weft_waves_at(share);
    double a = 0.5 * at.slow_sin, b = half_root * at.slow_cos, sum = 0;
    /* Distances share + 2, share + 1, share, share - 1, share - 2, share - 3. */
    const double slow[6] = {b - a, b + a, at.slow_sin, a - b, -a - b, -at.slow_sin};
    for (int i = 0; i < 6; i++) {
        double y = WEFT_PI * (share + 2 - i), fast = i % 2 == 0 ? at.fast_sin : -at.fast_sin;
        weights[i] = 3 * fast * slow[i] / (y * y);
    }
    weights[2] = share < 1e-4 ? weft_lanczos3_near_zero(share) : weights[2];
    weights[3] = 1 - share < 1e-4 ? weft_lanczos3_near_zero(1 - share) : weights[3];
    for (int i = 0; i < 6; i++)
        sum += weights[i];
    double factor = 1 / sum;
    for (int i = 0; i < 6; i++)
        weights[i] *= factor;
}

#endif
