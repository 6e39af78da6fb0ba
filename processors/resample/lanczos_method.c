/* SPDX-License-Identifier: MIT
 *
 * lanczos: a windowed sinc, three pixels to either side. Sines and cosines of the angles between a cell's taps, which
 * all cells share, are a table. */
#include "processors/resample/interpolation.h"
#include "processors/resample/methods.h"

#define PI 3.14159265358979323846

/* The first terms of lanczos at a distance under 1e-4: the next is under 1e-16. */
WEFT_INLINE double weight_near_zero(double x) {
    return 1 - PI * PI * (5.0 / 27) * x * x;
}

/* Lanczos with three lobes (C. E. Duchon, "Lanczos filtering in one and two dimensions", 1979). */
static inline double weight(double x) {
    double y = PI * x;
    if (fabs(x) < 1e-4) return weight_near_zero(x);
    return fabs(x) < 3 ? 3 * sin(y) * sin(y / 3) / (y * y) : 0;
}

/* Sines and cosines of pi x (fast) and of pi x / 3 (slow). */
typedef struct waves {
    double fast_sin, fast_cos, slow_sin, slow_cos;
} waves;

/* For x from -3 to 3, to 1e-15: Taylor's series of a sixth of the angle, which lies within a quarter turn, then the
 * double and the triple angle. */
WEFT_INLINE waves waves_at(double x) {
    double a = x * (PI / 6), q = a * a;
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
    return (waves){s2 * (3 - 4 * s2 * s2), c2 * (4 * c2 * c2 - 3), s2, c2};
}

/* No cell has more taps than the source has pixels, but for those that fill a vector. */
static int64_t table_doubles(const weft_axis *axis) {
    return 4 * ((int64_t)fmin(2 * axis->radius, (double)axis->size) + 8);
}

static void fill_table(const weft_axis *axis, double *table) {
    int64_t count = table_doubles(axis) / 4;
    for (int64_t i = 0; i < count; i++) {
        double angle = PI * (double)i * axis->per_pixel;
        table[i] = cos(angle);
        table[count + i] = sin(angle);
        table[2 * count + i] = cos(angle / 3);
        table[3 * count + i] = sin(angle / 3);
    }
}

/* sinc(x) sinc(x / 3) = 3 sin(pi x) sin(pi x / 3) / (pi x)^2; the sines of a sum of angles, so that a cell needs the
 * sines of its first tap alone. */
WEFT_INLINE void weigh_by_table(const weft_axis *axis, double offset, int64_t count, double *restrict weights) {
    int64_t max = table_doubles(axis) / 4;
    const double *restrict fast_cos = axis->table, *restrict fast_sin = fast_cos + max;
    const double *restrict slow_cos = fast_sin + max, *restrict slow_sin = slow_cos + max;
    double pixel = axis->per_pixel;
    waves first = waves_at(offset * pixel);
    for (int64_t i = 0; i < count; i++) {
        double x = (offset + (double)i) * pixel, y = PI * x;
        double fast = first.fast_sin * fast_cos[i] + first.fast_cos * fast_sin[i];
        double slow = first.slow_sin * slow_cos[i] + first.slow_cos * slow_sin[i];
        double weight = 3 * fast * slow / (y * y);
        weight = fabs(x) < 3 ? weight : 0;
        weights[i] = fabs(x) < 1e-4 ? weight_near_zero(x) : weight;
    }
}

WEFT_MULTIVERSION static double weigh(const weft_axis *axis, double offset, int64_t count, double *restrict weights) {
    if (axis->table != NULL) {
        weigh_by_table(axis, offset, count, weights);
    } else {
        for (int64_t i = 0; i < count; i++)
            weights[i] = weight((offset + (double)i) * axis->per_pixel);
    }
    return weft_weights_sum(weights, count);
}

/* sin(pi (x + n)) is that of pi x with the sign of n's parity; sin(pi (x + n) / 3) turns by sixths. */
WEFT_INLINE void of_neighbours(double share, double weights[6]) {
    const double half_root = 0.86602540378443864676; /* sin(pi / 3) */
    waves at = waves_at(share);
    double a = 0.5 * at.slow_sin, b = half_root * at.slow_cos, sum = 0;
    /* Distances share + 2, share + 1, share, share - 1, share - 2, share - 3. */
    const double slow[6] = {b - a, b + a, at.slow_sin, a - b, -a - b, -at.slow_sin};
    for (int i = 0; i < 6; i++) {
        double y = PI * (share + 2 - i), fast = i % 2 == 0 ? at.fast_sin : -at.fast_sin;
        weights[i] = 3 * fast * slow[i] / (y * y);
    }
    weights[2] = share < 1e-4 ? weight_near_zero(share) : weights[2];
    weights[3] = 1 - share < 1e-4 ? weight_near_zero(1 - share) : weights[3];
    for (int i = 0; i < 6; i++)
        sum += weights[i];
    double factor = 1 / sum;
    for (int i = 0; i < 6; i++)
        weights[i] *= factor;
}

WEFT_DEFINE_NEIGHBOURS(of_neighbours, 6)

static const weft_interpolation interpolation = {.support = 3,
                                                 .lobes = true,
                                                 .weigh = weigh,
                                                 .weigh_neighbours = neighbour_weights,
                                                 .table_doubles = table_doubles,
                                                 .fill_table = fill_table};

const weft_method weft_method_lanczos = {.choice = {.word = "lanczos", .synonyms = "lanczos3"},
                                         .kernel = &weft_interpolating_kernel,
                                         .result = WEFT_RESULT_WEIGHED,
                                         .interpolation = &interpolation};
