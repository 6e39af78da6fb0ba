/* Between the files of this folder only: what expressions can call, and their operators as functions.
 *
 * muParser evaluates an expression once for many cells. What it takes for the value of an operand or a result is then
 * the number of a plane: the values of some cells, side by side. Each function here is called by muParser with such
 * numbers, works on all cells of the planes, and returns the number of the plane where its results are. So the time
 * that muParser needs for a call is shared by all cells, and the work itself is a plain loop.
 *
 * Planes are numbered from 1. muParser's own sign makes a number negative: the plane's values with the other sign.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_FUNCTIONS_H
#define WEFT_PROCESSORS_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Cells of a plane, at most: planes of some operations stay in the processor's first cache. */
#define WEFT_PLANE_CELLS 256

typedef struct weft_planes {
    const double *const *given; /* the first planes: operands and constants, which are only read */
    size_t given_count;
    double *results; /* the others: one each operation, in their order, WEFT_PLANE_CELLS each */
    size_t used;     /* of the results; 0 before an evaluation */
    int count;       /* cells that count */
} weft_planes;

/* The planes that the functions below work on from now on, on this thread; borrowed. */
void weft_planes_use(weft_planes *planes);

/* The values of a plane. */
const double *weft_plane(weft_planes *planes, double number);

/* muParser calls one by its number of arguments. */
typedef struct weft_function {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    double (*any)(const double *, int); /* one argument or more */
} weft_function;

/* An operator between two operands. Where a sign has no second operand, the first is one that is not looked at. */
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
