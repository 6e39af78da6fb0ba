/* Resampling by its definitions, one cell at a time, with nothing of weft: polygons are clipped pixel by pixel, kernels
 * are evaluated at every pixel, quantiles are found by sorting. Slow, and for tests alone.
 *
 * Where rounding may leave two answers (a centre on a pixel's edge, a quantile that is met exactly) a test asks again
 * with a nudge and takes either.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_REFERENCE_H
#define WEFT_TESTS_SUPPORT_REFERENCE_H

#include <stdbool.h>

typedef enum reference_method {
    REFERENCE_NEAREST,
    REFERENCE_BILINEAR,
    REFERENCE_CUBIC,
    REFERENCE_CUBICSPLINE,
    REFERENCE_LANCZOS,
    REFERENCE_AVERAGE,
    REFERENCE_SUM,
    REFERENCE_RMS,
    REFERENCE_MODE,
    REFERENCE_MIN,
    REFERENCE_MAX,
    REFERENCE_MED,
    REFERENCE_Q1,
    REFERENCE_Q3,
    REFERENCE_METHODS
} reference_method;

/* "bilinear": in configurations. */
const char *reference_method_name(reference_method method);

/* Pixels of one band. long double holds 64-bit integers whole where it has 64 bits of fraction. */
typedef struct reference_source {
    int cols, rows;
    int wrap_cols;             /* > 0: columns go round */
    const long double *values; /* rows * cols, NaN: missing */
} reference_source;

/* Where a cell lies, in source pixels; NaN where undefined. */
typedef struct reference_cell {
    double u, v;
    double corner_u[4], corner_v[4]; /* upper left, upper right, lower right, lower left */
} reference_cell;

/* What a footprint covers. */
typedef struct reference_cover {
    bool folded; /* there is no footprint: the cell is its centre pixel */
    bool inside; /* all of the footprint lies on the source, and not over the seam */
    int count, capacity;
    struct reference_covered {
        int col, row;
        double area;
    } * pixels;
} reference_cover;

/* The exact area that the cell's quadrilateral covers of every pixel. `out` is reused; freed with
 * reference_cover_dispose(). */
void reference_cover_make(const reference_source *source, const reference_cell *cell, reference_cover *out);
void reference_cover_dispose(reference_cover *cover);

/* Whether one of its pixels is missing. */
bool reference_cover_has_holes(const reference_source *source, const reference_cover *cover);

#define REFERENCE_NUDGES 9

/* The cell's value, NaN where missing.
 *
 * scale   source pixels a cell along u and v
 * cover   of this cell; interpolating methods do not look at it
 * nudge   0: exact; 1 .. REFERENCE_NUDGES - 1: positions, areas and shares a little less or more */
long double reference_value(const reference_source *source, reference_method method, const double scale[2],
                            const reference_cell *cell, const reference_cover *cover, int nudge);

/* Whether a method that interpolates gives weight to a pixel that is missing, beyond the edge, or, where the source
 * wraps, over the seam. */
bool reference_meets_trouble(const reference_source *source, reference_method method, const double scale[2],
                             const reference_cell *cell);

#endif
