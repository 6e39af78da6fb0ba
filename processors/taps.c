/* SPDX-License-Identifier: MIT
 *
 * Kernels as gdalwarp widens them: in source pixels while a cell is smaller than a pixel, in cells when it is larger.
 */
#include "processors/taps.h"

#include "processors/footprint.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Under this many cells a source pixel, on either axis, gdalwarp widens bilinear and cubic; over it, it takes the
 * neighbours as they are. */
#define NARROW_CELLS 0.95

static double triangle(double x) {
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

/* Cubic convolution with a = -0.5 (R. G. Keys, "Cubic convolution interpolation", 1981). */
static double keys_cubic(double x) {
    x = fabs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/* Cubic B-spline (I. J. Schoenberg 1946): smooths, and is nowhere negative. */
static double cubic_bspline(double x) {
    x = fabs(x);
    if (x < 1) return (0.5 * x - 1) * x * x + 2.0 / 3;
    double rest = 2 - x;
    return x < 2 ? rest * rest * rest / 6 : 0;
}

static double sinc(double x) {
    if (x == 0) return 1;
    double y = PI * x;
    return sin(y) / y;
}

/* Lanczos with three lobes (C. E. Duchon, "Lanczos filtering in one and two dimensions", 1979). */
static double lanczos3(double x) {
    return fabs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

double weft_taps_kernel(weft_kernel kernel, double x) {
    switch (kernel) {
    case WEFT_KERNEL_CUBIC:
        return keys_cubic(x);
    case WEFT_KERNEL_CUBICSPLINE:
        return cubic_bspline(x);
    case WEFT_KERNEL_LANCZOS:
        return lanczos3(x);
    default:
        return triangle(x);
    }
}

static double support(weft_kernel kernel) {
    switch (kernel) {
    case WEFT_KERNEL_CUBIC:
    case WEFT_KERNEL_CUBICSPLINE:
        return 2;
    case WEFT_KERNEL_LANCZOS:
        return 3;
    default:
        return 1;
    }
}

/* How often a kernel is widened along an axis of scale `scale`. */
static double widening(const weft_resampler *resampler, weft_kernel kernel, double scale) {
    bool narrow = 1 / resampler->scale_x >= NARROW_CELLS && 1 / resampler->scale_y >= NARROW_CELLS;
    if (narrow && (kernel == WEFT_KERNEL_BILINEAR || kernel == WEFT_KERNEL_CUBIC)) return 1;
    return scale > 1 ? scale : 1;
}

static weft_axis make_axis(const weft_resampler *resampler, weft_kernel kernel, double scale, int64_t size) {
    double wide = widening(resampler, kernel, scale);
    weft_axis axis = {.kernel = kernel, .radius = support(kernel) * wide, .per_pixel = 1 / wide, .size = size};
    if (kernel == WEFT_KERNEL_LANCZOS) {
        const double step = PI * axis.per_pixel;
        const double turn[] = {sin(step), cos(step), sin(step / 3), cos(step / 3)};
        memcpy(axis.turn, turn, sizeof turn);
    }
    return axis;
}

weft_axis weft_axis_across(const weft_resampler *resampler, weft_kernel kernel) {
    weft_axis axis = make_axis(resampler, kernel, resampler->scale_x,
                               resampler->wrap_cols > 0 ? resampler->wrap_cols : resampler->source_cols);
    axis.wraps = resampler->wrap_cols > 0;
    return axis;
}

weft_axis weft_axis_down(const weft_resampler *resampler, weft_kernel kernel) {
    return make_axis(resampler, kernel, resampler->scale_y, resampler->source_rows);
}

int64_t weft_axis_most_taps(const weft_axis *axis, double longest) {
    double most = axis->kernel >= WEFT_KERNEL_AVERAGE ? longest + 2 : 2 * axis->radius + 2;
    if (!(most < (double)axis->size + 4)) most = (double)axis->size + 4;
    return (int64_t)most;
}

/* Angles of equal steps by rotation: two sines and cosines for a cell instead of two sines a tap. */
typedef struct wave {
    double sine, cosine, step_sine, step_cosine;
} wave;

static void advance(wave *at) {
    double sine = at->sine * at->step_cosine + at->cosine * at->step_sine;
    at->cosine = at->cosine * at->step_cosine - at->sine * at->step_sine;
    at->sine = sine;
}

/* sinc(x) sinc(x / 3) = 3 sin(pi x) sin(pi x / 3) / (pi x)^2. */
static void fill_lanczos(const weft_axis *axis, double offset, int32_t count, double *weights) {
    double angle = PI * offset * axis->per_pixel;
    wave fast = {sin(angle), cos(angle), axis->turn[0], axis->turn[1]};
    wave slow = {sin(angle / 3), cos(angle / 3), axis->turn[2], axis->turn[3]};
    for (int32_t i = 0; i < count; i++) {
        double x = (offset + i) * axis->per_pixel, y = PI * x;
        weights[i] = fabs(x) < 1e-4 ? lanczos3(x) : fabs(x) < 3 ? 3 * fast.sine * slow.sine / (y * y) : 0;
        advance(&fast);
        advance(&slow);
    }
}

static void fill_weights(const weft_axis *axis, double offset, int32_t count, double *weights) {
    double per_pixel = axis->per_pixel;
    switch (axis->kernel) {
    case WEFT_KERNEL_CUBIC:
        for (int32_t i = 0; i < count; i++)
            weights[i] = keys_cubic((offset + i) * per_pixel);
        break;
    case WEFT_KERNEL_CUBICSPLINE:
        for (int32_t i = 0; i < count; i++)
            weights[i] = cubic_bspline((offset + i) * per_pixel);
        break;
    case WEFT_KERNEL_LANCZOS:
        fill_lanczos(axis, offset, count, weights);
        break;
    default:
        for (int32_t i = 0; i < count; i++)
            weights[i] = triangle((offset + i) * per_pixel);
        break;
    }
}

static void normalise(double *weights, int32_t count) {
    double sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += weights[i];
    double factor = 1 / sum;
    for (int32_t i = 0; i < count; i++)
        weights[i] *= factor;
}

/* Weights under this are what rounding leaves of a kernel's zeros. */
#define ROUNDING 1e-12

/* Whether a pixel among `count` from `first` on would have weight: those that lie beyond an edge. */
static bool any_weight(const weft_axis *axis, double centre, int64_t first, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (fabs(weft_taps_kernel(axis->kernel, ((double)(first + i) + 0.5 - centre) * axis->per_pixel)) > ROUNDING)
            return true;
    return false;
}

/* Cuts what lies beyond the edges; a turn has none, but no pixel counts twice. */
static weft_taps cut(const weft_axis *axis, double centre, int64_t first, int64_t end) {
    if (axis->wraps) {
        if (end - first > axis->size) first = (int64_t)centre - axis->size / 2;
        return (weft_taps){first, (int32_t)(end - first < axis->size ? end - first : axis->size), false};
    }
    bool beyond = (first < 0 && any_weight(axis, centre, first, -first)) ||
                  (end > axis->size && any_weight(axis, centre, axis->size, end - axis->size));
    if (first < 0) first = 0;
    if (end > axis->size) end = axis->size;
    return (weft_taps){first, (int32_t)(end - first), beyond};
}

/* Two or four neighbours, none of them beyond an edge. */
static weft_taps neighbours(int count, double centre, double *weights) {
    double second = floor(centre - 0.5), share = centre - 0.5 - second;
    if (count == 2)
        weft_taps_linear(share, weights);
    else
        weft_taps_cubic(share, weights);
    return (weft_taps){(int64_t)second - (count == 4 ? 1 : 0), count, false};
}

weft_taps weft_taps_around(const weft_axis *axis, double centre, double *weights) {
    if (!(centre >= 0 && centre < (double)axis->size)) return (weft_taps){0};
    int count = weft_axis_neighbours(axis);
    double margin = 0.5 * count - 0.5;
    if (count > 0 && (axis->wraps || (centre >= margin + 0.5 && centre < (double)axis->size - margin - 0.5)))
        return neighbours(count, centre, weights);
    double low = floor(centre - 0.5 - axis->radius) + 1, high = ceil(centre - 0.5 + axis->radius);
    weft_taps taps = cut(axis, centre, (int64_t)low, (int64_t)high);
    fill_weights(axis, (double)taps.first + 0.5 - centre, taps.count, weights);
    for (int32_t i = 0; i < taps.count; i++)
        if (fabs(weights[i]) <= ROUNDING) weights[i] = 0;
    normalise(weights, taps.count);
    return taps;
}

double weft_axis_step(const weft_axis *axis, double from, double to) {
    return axis->wraps ? to - (double)axis->size * round((to - from) / (double)axis->size) : to;
}

weft_taps weft_taps_between(const weft_axis *axis, double from, double to, double *weights) {
    from = weft_on_edge(from);
    to = weft_on_edge(weft_axis_step(axis, from, to));
    double low = from < to ? from : to, high = from < to ? to : from;
    if (!axis->wraps) {
        if (low < 0) low = 0;
        if (high > (double)axis->size) high = (double)axis->size;
    }
    if (!(low < high)) return (weft_taps){0};
    double first = floor(low);
    weft_taps taps = {(int64_t)first, (int32_t)(ceil(high) - first), false};
    for (int32_t i = 0; i < taps.count; i++) {
        double left = first + i > low ? first + i : low, right = first + i + 1 < high ? first + i + 1 : high;
        weights[i] = right - left;
    }
    if (axis->kernel != WEFT_KERNEL_SUM) normalise(weights, taps.count);
    return taps;
}
