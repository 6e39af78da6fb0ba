/* SPDX-License-Identifier: MIT
 *
 * NaN is missing. C lets some functions give a number for it (pow(NaN, 0), fmin, a comparison turned round); here a
 * missing operand makes a missing result, but for truth values: a comparison with one is false, and where a truth value
 * is asked for, missing is false. */
#include "processors/table/functions.h"

#include <math.h>
#include <string.h>

static _Thread_local weft_planes *planes;

void weft_planes_use(weft_planes *of_thread) {
    planes = of_thread;
}

/* The number of the plane of a result, and its cells. */
static double begin_result(weft_planes *of, double **out) {
    *out = of->results + of->used++ * WEFT_PLANE_CELLS;
    return (double)(of->given_count + of->used);
}

const double *weft_plane(weft_planes *of, double number) {
    size_t i = (size_t)fabs(number) - 1;
    const double *values = i < of->given_count ? of->given[i] : of->results + (i - of->given_count) * WEFT_PLANE_CELLS;
    double *negative;
    if (number > 0) return values;
    begin_result(of, &negative);
    for (int cell = 0; cell < of->count; cell++)
        negative[cell] = -values[cell];
    return negative;
}

/* A function of muParser's of one, two or any number of planes. `result` is that of a cell: of `a`, and `b`; with FOLD,
 * `step` makes a new `a` of it and of each further operand `b`, and `result` is of the last one and of `count`. */
#define ONE(name, result)                                                                                              \
    static double name(double first) {                                                                                 \
        const double *of = weft_plane(planes, first);                                                                  \
        double *out, number = begin_result(planes, &out);                                                              \
        for (int i = 0; i < planes->count; i++) {                                                                      \
            double a = of[i];                                                                                          \
            out[i] = (result);                                                                                         \
        }                                                                                                              \
        return number;                                                                                                 \
    }
#define TWO(name, result)                                                                                              \
    static double name(double first, double second) {                                                                  \
        const double *left = weft_plane(planes, first), *right = weft_plane(planes, second);                           \
        double *out, number = begin_result(planes, &out);                                                              \
        for (int i = 0; i < planes->count; i++) {                                                                      \
            double a = left[i], b = right[i];                                                                          \
            (void)a;                                                                                                   \
            out[i] = (result);                                                                                         \
        }                                                                                                              \
        return number;                                                                                                 \
    }
#define FOLD(name, step, result)                                                                                       \
    static double name(const double *operands, int count) {                                                            \
        const double *next = weft_plane(planes, operands[0]);                                                          \
        double *out, number = begin_result(planes, &out);                                                              \
        for (int i = 0; i < planes->count; i++)                                                                        \
            out[i] = next[i];                                                                                          \
        for (int j = 1; j < count; j++) {                                                                              \
            next = weft_plane(planes, operands[j]);                                                                    \
            for (int i = 0; i < planes->count; i++) {                                                                  \
                double a = out[i], b = next[i];                                                                        \
                out[i] = (step);                                                                                       \
            }                                                                                                          \
        }                                                                                                              \
        for (int i = 0; i < planes->count; i++) {                                                                      \
            double a = out[i];                                                                                         \
            out[i] = (result);                                                                                         \
        }                                                                                                              \
        return number;                                                                                                 \
    }

static bool is_true(double value) {
    return value != 0 && !isnan(value);
}

/* --- operators --- */

static double raise(double a, double b) {
    if (isnan(a) || isnan(b) || (a == 0 && b < 0)) return NAN;
    return pow(a, b);
}

TWO(add, a + b)
TWO(subtract, a - b)
TWO(multiply, (a * b))
TWO(divide, b == 0 ? NAN : a / b)
TWO(power, raise(a, b))
TWO(less, a < b)
TWO(at_most, a <= b)
TWO(more, a > b)
TWO(at_least, a >= b)
TWO(equal, a == b)
TWO(unequal, !isnan(a) && !isnan(b) && a != b)
TWO(both, is_true(a) && is_true(b))
TWO(either, is_true(a) || is_true(b))
TWO(negate, !is_true(b)) /* there is no first operand */

/* condition ? one : other. Both sides of ":" go to "?" as one number; signs are seen to before. */
#define PAIR 0x1p26

static double without_sign(double number) {
    if (number > 0) return number;
    (void)weft_plane(planes, number);
    return (double)(planes->given_count + planes->used);
}

static double pair(double one, double other) {
    return without_sign(one) * PAIR + without_sign(other);
}

static double choose(double condition, double sides) {
    const double *is = weft_plane(planes, condition);
    const double *one = weft_plane(planes, floor(sides / PAIR)), *other = weft_plane(planes, fmod(sides, PAIR));
    double *out, number = begin_result(planes, &out);
    for (int i = 0; i < planes->count; i++)
        out[i] = is_true(is[i]) ? one[i] : other[i];
    return number;
}

const weft_operator weft_operators[] = {{"ask", choose, 0, true},
                                        {"else", pair, 0, true},
                                        {"or", either, 1, false},
                                        {"and", both, 2, false},
                                        {"not", negate, 3, true},
                                        {"lt", less, 4, false},
                                        {"le", at_most, 4, false},
                                        {"gt", more, 4, false},
                                        {"ge", at_least, 4, false},
                                        {"eq", equal, 4, false},
                                        {"ne", unequal, 4, false},
                                        {"add", add, 5, false},
                                        {"sub", subtract, 5, false},
                                        {"mul", multiply, 6, false},
                                        {"div", divide, 6, false},
                                        {"raise", power, 7, true},
                                        {0}};

/* --- functions --- */

/* What is left of a / b when b went into it a whole number of times, with b's sign: of the hours of a day, say. */
static double rest_of(double a, double b) {
    if (isnan(a) || isnan(b) || b == 0) return NAN;
    double rest = fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

ONE(absolute, fabs(a))
ONE(square_root, sqrt(a))
ONE(exponential, exp(a))
ONE(logarithm, a > 0 ? log(a) : NAN)
ONE(logarithm_10, a > 0 ? log10(a) : NAN)
ONE(logarithm_2, a > 0 ? log2(a) : NAN)
ONE(sine, sin(a))
ONE(cosine, cos(a))
ONE(tangent, tan(a))
ONE(arc_sine, asin(a))
ONE(arc_cosine, acos(a))
ONE(arc_tangent, atan(a))
TWO(arc_tangent_2, atan2(a, b))
ONE(next_below, floor(a))
ONE(next_above, ceil(a))
ONE(whole_part, trunc(a))
ONE(nearest_whole, round(a)) /* halves away from zero */
ONE(sign_of, isnan(a) ? a : (a > 0) - (a < 0))
ONE(is_missing, isnan(a))
TWO(modulo, rest_of(a, b))
FOLD(smallest, isnan(b) || b < a ? b : a, a)
FOLD(largest, isnan(b) || b > a ? b : a, a)
FOLD(sum_of, a + b, a)
FOLD(mean_of, a + b, a / count)
FOLD(first_present, isnan(a) ? b : a, a)

const weft_function weft_functions[] = {{.name = "abs", .one = absolute},
                                        {.name = "sqrt", .one = square_root},
                                        {.name = "exp", .one = exponential},
                                        {.name = "log", .one = logarithm},
                                        {.name = "ln", .one = logarithm},
                                        {.name = "log10", .one = logarithm_10},
                                        {.name = "log2", .one = logarithm_2},
                                        {.name = "sin", .one = sine},
                                        {.name = "cos", .one = cosine},
                                        {.name = "tan", .one = tangent},
                                        {.name = "asin", .one = arc_sine},
                                        {.name = "acos", .one = arc_cosine},
                                        {.name = "atan", .one = arc_tangent},
                                        {.name = "atan2", .two = arc_tangent_2},
                                        {.name = "floor", .one = next_below},
                                        {.name = "ceil", .one = next_above},
                                        {.name = "trunc", .one = whole_part},
                                        {.name = "round", .one = nearest_whole},
                                        {.name = "sign", .one = sign_of},
                                        {.name = "mod", .two = modulo},
                                        {.name = "pow", .two = power},
                                        {.name = "min", .any = smallest},
                                        {.name = "max", .any = largest},
                                        {.name = "sum", .any = sum_of},
                                        {.name = "mean", .any = mean_of},
                                        {.name = "missing", .one = is_missing},
                                        {.name = "coalesce", .any = first_present},
                                        {0}};

const weft_function *weft_function_find(const char *name) {
    for (const weft_function *function = weft_functions; function->name != NULL; function++)
        if (strcmp(function->name, name) == 0) return function;
    return NULL;
}
