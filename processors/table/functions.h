/* Between the files of this folder only: what expressions can call, and their operators as functions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FUNCTIONS_H
#define WEFT_PROCESSORS_FUNCTIONS_H

#include <stdbool.h>

/* muParser calls one by its number of arguments. */
typedef struct weft_function {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    double (*any)(const double *, int); /* one argument or more */
} weft_function;

/* An operator between two operands. Where a sign has no second operand, the first is a 0 that is not looked at. */
typedef struct weft_operator {
    const char *name; /* in muParser's code */
    double (*apply)(double, double);
    int precedence; /* binds more tightly the higher it is; muParser's own scale */
    bool from_right;
} weft_operator;

/* Both end with a NULL name. */
extern const weft_function weft_functions[];
extern const weft_operator weft_operators[];

/* The function of this name, or NULL. */
const weft_function *weft_function_find(const char *name);

#endif
