/* SPDX-License-Identifier: MIT
 *
 * Each definition is written as it reads in the guide, not as it is fast. */
#include "support/reference.h"

#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI      3.14159265358979323846
#define NUDGE   1e-9
#define SLIVER  1e-7  /* pixels */
#define NOTHING 1e-12 /* areas and weights under this are rounding */

/* A nudge is three choices: of what is set by bits 1, 2 and 4 of nudge - 1. */
static bool is_up(int nudge, int bit) {
    return ((nudge - 1) & bit) != 0;
}

const char *reference_method_name(reference_method method) {
    static const char *const names[] = {"nearest", "bilinear", "cubic", "cubicspline", "lanczos", "average", "sum",
                                        "rms",     "mode",     "min",   "max",         "med",     "q1",      "q3"};
    return names[method];
}

/* --- pixels --- */

static int modulo(long at, int size) {
    return (int)(((at % size) + size) % size);
}

/* NaN beyond the edge. */
static long double pixel(const reference_source *source, long col, long row) {
    if (row < 0 || row >= source->rows) return NAN;
    if (source->wrap_cols > 0) col = modulo(col, source->wrap_cols);
    return col < 0 || col >= source->cols ? (long double)NAN : source->values[row * source->cols + col];
}

static long double pixel_under(const reference_source *source, double u, double v) {
    return isnan(u) || isnan(v) ? (long double)NAN : pixel(source, (long)floor(u), (long)floor(v));
}

/* --- kernels, in units of their own --- */

static double sinc(double x) {
    return x == 0 ? 1 : sin(PI * x) / (PI * x);
}

static double kernel(reference_method method, double x) {
    x = fabs(x);
    switch (method) {
    case REFERENCE_CUBIC: /* Keys 1981, a = -1/2 */
        if (x >= 2) return 0;
        return x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2;
    case REFERENCE_CUBICSPLINE: /* the B-spline: (2 - x)^3 / 6 - 4 (1 - x)^3 / 6, truncated powers */
        return (pow(fmax(2 - x, 0), 3) - 4 * pow(fmax(1 - x, 0), 3)) / 6;
    case REFERENCE_LANCZOS:
        return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    default:
        return fmax(1 - x, 0);
    }
}

static double support(reference_method method) {
    return method == REFERENCE_BILINEAR ? 1 : method == REFERENCE_LANCZOS ? 3 : 2;
}

/* As gdalwarp: bilinear and cubic stay as they are down to 0.95 cells a pixel on both axes. */
static double widening(reference_method method, const double scale[2], int axis) {
    bool narrow = 1 / scale[0] >= 0.95 && 1 / scale[1] >= 0.95;
    if (narrow && (method == REFERENCE_BILINEAR || method == REFERENCE_CUBIC)) return 1;
    return fmax(scale[axis], 1);
}

/* --- interpolating methods: one sum over the pixels around the centre --- */

typedef struct weighed {
    long double sum, weights;
    bool lacks; /* a pixel that has weight is missing or beyond the edge */
    bool seam;  /* ... or lies over the seam */
} weighed;

static weighed weigh(const reference_source *source, reference_method method, const double scale[2], double u,
                     double v) {
    double wide_u = widening(method, scale, 0), wide_v = widening(method, scale, 1), reach = support(method);
    long left = (long)floor(u - reach * wide_u) - 1, right = (long)ceil(u + reach * wide_u) + 1;
    long top = (long)floor(v - reach * wide_v) - 1, bottom = (long)ceil(v + reach * wide_v) + 1;
    weighed out = {0};
    if (source->wrap_cols > 0 && right - left >= source->wrap_cols) {
        left = (long)floor(u) - source->wrap_cols / 2;
        right = left + source->wrap_cols - 1;
    }
    for (long row = top; row <= bottom; row++) {
        double weight_v = kernel(method, ((double)row + 0.5 - v) / wide_v);
        for (long col = left; col <= right && fabs(weight_v) > NOTHING; col++) {
            double weight = kernel(method, ((double)col + 0.5 - u) / wide_u);
            if (fabs(weight) <= NOTHING) continue;
            long double value = pixel(source, col, row);
            if (source->wrap_cols > 0 && (col < 0 || col >= source->wrap_cols)) out.seam = true;
            if (isnan(value)) {
                out.lacks = true;
                continue;
            }
            out.sum += (long double)(weight * weight_v) * value;
            out.weights += (long double)(weight * weight_v);
        }
    }
    return out;
}

static long double interpolate(const reference_source *source, reference_method method, const double scale[2], double u,
                               double v) {
    if (isnan(pixel_under(source, u, v))) return NAN;
    weighed out = weigh(source, method, scale, u, v);
    if (out.lacks && (method == REFERENCE_CUBIC || method == REFERENCE_LANCZOS))
        out = weigh(source, REFERENCE_BILINEAR, scale, u, v);
    return out.weights > 0 ? out.sum / out.weights : (long double)NAN;
}

bool reference_meets_trouble(const reference_source *source, reference_method method, const double scale[2],
                             const reference_cell *cell) {
    if (isnan(cell->u) || isnan(cell->v)) return false;
    weighed out = weigh(source, method, scale, cell->u, cell->v);
    return out.lacks || out.seam;
}

/* --- footprints --- */

typedef struct polygon {
    int count;
    double x[12], y[12];
} polygon;

/* Keeps the side of a x + b y <= c (Sutherland and Hodgman 1974). */
static polygon clip(const polygon *in, double a, double b, double c) {
    polygon out = {0};
    for (int i = 0; i < in->count; i++) {
        int j = (i + 1) % in->count;
        double here = a * in->x[i] + b * in->y[i] - c, next = a * in->x[j] + b * in->y[j] - c;
        if (here <= 0) {
            out.x[out.count] = in->x[i];
            out.y[out.count++] = in->y[i];
        }
        if ((here < 0 && next > 0) || (here > 0 && next < 0)) {
            double share = here / (here - next);
            out.x[out.count] = in->x[i] + share * (in->x[j] - in->x[i]);
            out.y[out.count++] = in->y[i] + share * (in->y[j] - in->y[i]);
        }
    }
    return out;
}

/* Signed, about the first corner, so that little is lost to rounding. */
static double area(const polygon *p) {
    double twice = 0;
    for (int i = 1; i + 1 < p->count; i++)
        twice += (p->x[i] - p->x[0]) * (p->y[i + 1] - p->y[0]) - (p->y[i] - p->y[0]) * (p->x[i + 1] - p->x[0]);
    return twice / 2;
}

/* Of the unit square at (col, row). */
static double covered(const polygon *triangle, long col, long row) {
    polygon p = *triangle;
    for (int i = 0; i < p.count; i++) {
        p.x[i] -= (double)col;
        p.y[i] -= (double)row;
    }
    p = clip(&p, -1, 0, 0);
    p = clip(&p, 1, 0, 1);
    p = clip(&p, 0, -1, 0);
    p = clip(&p, 0, 1, 1);
    return fabs(area(&p));
}

static void add_pixel(const reference_source *source, reference_cover *cover, long col, long row, double covers) {
    if (cover->count == cover->capacity) {
        cover->capacity = 2 * cover->capacity + 64;
        cover->pixels = realloc(cover->pixels, (size_t)cover->capacity * sizeof *cover->pixels);
        assert_non_null(cover->pixels);
    }
    int at = source->wrap_cols > 0 ? modulo(col, source->wrap_cols) : (int)col;
    cover->pixels[cover->count++] = (struct reference_covered){at, (int)row, covers};
}

void reference_cover_make(const reference_source *source, const reference_cell *cell, reference_cover *out) {
    double u[4], low_u = INFINITY, high_u = -INFINITY, low_v = INFINITY, high_v = -INFINITY;
    const double *v = cell->corner_v;
    out->count = 0;
    out->folded = true;
    out->inside = false;
    for (int i = 0; i < 4; i++) {
        u[i] = cell->corner_u[i];
        if (isnan(u[i]) || isnan(v[i])) return;
        if (source->wrap_cols > 0) u[i] -= source->wrap_cols * round((u[i] - cell->u) / source->wrap_cols);
        low_u = fmin(low_u, u[i]), high_u = fmax(high_u, u[i]);
        low_v = fmin(low_v, v[i]), high_v = fmax(high_v, v[i]);
    }
    polygon halves[2] = {{3, {u[0], u[1], u[2]}, {v[0], v[1], v[2]}}, {3, {u[0], u[2], u[3]}, {v[0], v[2], v[3]}}};
    /* A triangle, at a pole, has a half without area, of either sign by rounding. */
    double first = area(&halves[0]), second = area(&halves[1]), both = first + second;
    if (!(first / both >= -1e-9 && second / both >= -1e-9)) return;
    out->folded = false;
    out->inside = low_u >= 0 && high_u <= (source->wrap_cols > 0 ? source->wrap_cols : source->cols) && low_v >= 0 &&
                  high_v <= source->rows;
    bool wraps = source->wrap_cols > 0;
    long left = (long)floor(wraps ? low_u : fmax(low_u, 0)),
         right = (long)ceil(wraps ? high_u : fmin(high_u, source->cols));
    long top = (long)floor(fmax(low_v, 0)), bottom = (long)ceil(fmin(high_v, source->rows));
    for (long row = top; row < bottom; row++) {
        for (long col = left; col < right; col++) {
            double covers = covered(&halves[0], col, row) + covered(&halves[1], col, row);
            if (covers > NOTHING) add_pixel(source, out, col, row, covers);
        }
    }
}

void reference_cover_dispose(reference_cover *cover) {
    free(cover->pixels);
    *cover = (reference_cover){0};
}

bool reference_cover_has_holes(const reference_source *source, const reference_cover *cover) {
    for (int i = 0; i < cover->count; i++)
        if (isnan(pixel(source, cover->pixels[i].col, cover->pixels[i].row))) return true;
    return false;
}

/* --- choosing --- */

typedef struct sample {
    long double value, area;
} sample;

static int by_value(const void *a, const void *b) {
    long double x = ((const sample *)a)->value, y = ((const sample *)b)->value;
    return (x > y) - (x < y);
}

/* The largest area; of equal ones, up to rounding, the smaller value, or the larger when nudged. */
static long double mode(const sample *samples, int count, bool larger) {
    const long double slack = 1e-11L;
    long double best = NAN, max = 0;
    for (int i = 0, j; i < count; i = j) {
        long double sum = 0;
        for (j = i; j < count && samples[j].value == samples[i].value; j++)
            sum += samples[j].area;
        if (isnan(best) || sum > max + slack || (larger && sum >= max - slack)) {
            best = samples[i].value;
            max = sum;
        }
    }
    return best;
}

static long double quantile(const sample *samples, int count, long double share) {
    long double total = 0, sum = 0;
    for (int i = 0; i < count; i++)
        total += samples[i].area;
    for (int i = 0; i < count; i++) {
        sum += samples[i].area;
        if (sum >= share * total) return samples[i].value;
    }
    return count > 0 ? samples[count - 1].value : (long double)NAN;
}

static long double choose(reference_method method, sample *samples, int count, int nudge) {
    static const long double shares[] = {0.5L, 0.25L, 0.75L};
    long double step = nudge == 0 ? 0 : is_up(nudge, 1) ? NUDGE : -NUDGE;
    if (count == 0) return NAN;
    qsort(samples, (size_t)count, sizeof *samples, by_value);
    switch (method) {
    case REFERENCE_MIN:
        return samples[0].value;
    case REFERENCE_MAX:
        return samples[count - 1].value;
    case REFERENCE_MODE:
        return mode(samples, count, step > 0);
    default:
        return quantile(samples, count, shares[method - REFERENCE_MED] + step);
    }
}

/* --- the methods that see the footprint --- */

static long double combine(reference_method method, sample *samples, int count, int nudge) {
    long double sum = 0, squares = 0, weights = 0;
    if (count == 0) return NAN;
    for (int i = 0; i < count; i++) {
        sum += samples[i].area * samples[i].value;
        squares += samples[i].area * samples[i].value * samples[i].value;
        weights += samples[i].area;
    }
    switch (method) {
    case REFERENCE_AVERAGE:
        return sum / weights;
    case REFERENCE_SUM:
        return sum;
    case REFERENCE_RMS:
        return sqrtl(squares / weights);
    default:
        return choose(method, samples, count, nudge);
    }
}

static long double over_footprint(const reference_source *source, reference_method method, const reference_cover *cover,
                                  int nudge) {
    /* Slivers may or may not be there. */
    double min = nudge > 0 && is_up(nudge, 4) ? SLIVER : 0;
    sample *samples = malloc((size_t)(cover->count + 1) * sizeof *samples);
    int count = 0;
    assert_non_null(samples);
    for (int i = 0; i < cover->count; i++) {
        long double value = pixel(source, cover->pixels[i].col, cover->pixels[i].row);
        if (isnan(value) || cover->pixels[i].area <= min) continue;
        samples[count++] = (sample){value, cover->pixels[i].area};
    }
    long double out = combine(method, samples, count, nudge);
    free(samples);
    return out;
}

long double reference_value(const reference_source *source, reference_method method, const double scale[2],
                            const reference_cell *cell, const reference_cover *cover, int nudge) {
    double u = cell->u, v = cell->v;
    if (nudge > 0) {
        u += is_up(nudge, 1) ? NUDGE : -NUDGE;
        v += is_up(nudge, 2) ? NUDGE : -NUDGE;
    }
    if (method == REFERENCE_NEAREST) return pixel_under(source, u, v);
    if (method < REFERENCE_AVERAGE) return interpolate(source, method, scale, u, v);
    if (!cover->folded) return over_footprint(source, method, cover, nudge);
    long double value = pixel_under(source, u, v);
    return method == REFERENCE_SUM ? (long double)NAN : method == REFERENCE_RMS ? fabsl(value) : value;
}
