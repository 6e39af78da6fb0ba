/* SPDX-License-Identifier: MIT
 *
 * NaN is missing. C lets some functions give a number for it (pow(NaN, 0), fmin, a comparison turned round); here a
 * missing operand makes a missing result, but for truth values: a comparison with one is false, and where a truth value
 * is asked for, missing is false. */
#include "processors/table/functions.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static bool is_true(double value) {
    return value != 0 && !isnan(value);
}

/* --- operators --- */

static double add(double a, double b) {
    return a + b;
}

static double subtract(double a, double b) {
    return a - b;
}

static double multiply(double a, double b) {
    return a * b;
}

static double divide(double a, double b) {
    return b == 0 ? NAN : a / b;
}

static double power(double a, double b) {
    if (isnan(a) || isnan(b) || (a == 0 && b < 0)) return NAN;
    return pow(a, b);
}

static double less(double a, double b) {
    return a < b;
}

static double at_most(double a, double b) {
    return a <= b;
}

static double more(double a, double b) {
    return a > b;
}

static double at_least(double a, double b) {
    return a >= b;
}

static double equal(double a, double b) {
    return a == b;
}

static double unequal(double a, double b) {
    return a < b || a > b;
}

static double both(double a, double b) {
    return is_true(a) && is_true(b);
}

static double either(double a, double b) {
    return is_true(a) || is_true(b);
}

static double negate(double unused, double a) {
    (void)unused;
    return !is_true(a);
}

/* Of the condition before "?": muParser takes NaN for true. */
static double truth(double a, double unused) {
    (void)unused;
    return is_true(a);
}

const weft_operator weft_operators[] = {
    {"truth", truth, 0, false},  {"or", either, 1, false},  {"and", both, 2, false},   {"not", negate, 3, true},
    {"lt", less, 4, false},      {"le", at_most, 4, false}, {"gt", more, 4, false},    {"ge", at_least, 4, false},
    {"eq", equal, 4, false},     {"ne", unequal, 4, false}, {"add", add, 5, false},    {"sub", subtract, 5, false},
    {"mul", multiply, 6, false}, {"div", divide, 6, false}, {"raise", power, 7, true}, {0}};

/* --- functions --- */

static double logarithm(double a) {
    return a > 0 ? log(a) : NAN;
}

static double logarithm_10(double a) {
    return a > 0 ? log10(a) : NAN;
}

static double logarithm_2(double a) {
    return a > 0 ? log2(a) : NAN;
}

/* Halves away from zero. */
static double nearest_whole(double a) {
    return round(a);
}

static double sign_of(double a) {
    return isnan(a) ? a : (a > 0) - (a < 0);
}

static double is_missing(double a) {
    return isnan(a);
}

/* What is left of a / b when b went into it a whole number of times, with b's sign: of the hours of a day, say. */
static double modulo(double a, double b) {
    if (isnan(a) || isnan(b) || b == 0) return NAN;
    double rest = fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static double smallest(const double *values, int count) {
    double out = values[0];
    for (int i = 1; i < count; i++)
        out = isnan(values[i]) || values[i] < out ? values[i] : out;
    return out;
}

static double largest(const double *values, int count) {
    double out = values[0];
    for (int i = 1; i < count; i++)
        out = isnan(values[i]) || values[i] > out ? values[i] : out;
    return out;
}

static double sum_of(const double *values, int count) {
    double out = values[0];
    for (int i = 1; i < count; i++)
        out += values[i];
    return out;
}

static double mean_of(const double *values, int count) {
    return sum_of(values, count) / count;
}

static double first_present(const double *values, int count) {
    int i = 0;
    while (i < count - 1 && isnan(values[i]))
        i++;
    return values[i];
}

const weft_function weft_functions[] = {{.name = "abs", .one = fabs},
                                        {.name = "sqrt", .one = sqrt},
                                        {.name = "exp", .one = exp},
                                        {.name = "log", .one = logarithm},
                                        {.name = "ln", .one = logarithm},
                                        {.name = "log10", .one = logarithm_10},
                                        {.name = "log2", .one = logarithm_2},
                                        {.name = "sin", .one = sin},
                                        {.name = "cos", .one = cos},
                                        {.name = "tan", .one = tan},
                                        {.name = "asin", .one = asin},
                                        {.name = "acos", .one = acos},
                                        {.name = "atan", .one = atan},
                                        {.name = "atan2", .two = atan2},
                                        {.name = "floor", .one = floor},
                                        {.name = "ceil", .one = ceil},
                                        {.name = "trunc", .one = trunc},
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
