/* What pixels under a polygon add up to, however many they are: sums by the area that the polygon covers of each.
 *
 * Pixels come in pieces, in an order that the source alone fixes; so sums have the same bits for all settings. They are
 * compensated (A. Neumaier, 1974); squares of deviations are those of each piece about its own mean, put together as
 * T. F. Chan, G. H. Golub and R. J. LeVeque do (1979).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ZONE_SUMS_H
#define WEFT_PROCESSORS_ZONE_SUMS_H

#include "core/data_type.h"
#include "core/window.h"

/* A side of a polygon in source pixels. Sides turn so that what lies inside sums to 1. */
typedef struct weft_zone_side {
    double u0, v0, u1, v1;
} weft_zone_side;

/* Area, 0 to 1, that the sides cover of each pixel of a piece, row by row.
 *
 * sums   scratch for (piece.cols + 1) * piece.rows doubles
 * areas  piece.cols * piece.rows of them */
void weft_zone_cover(const weft_zone_side *sides, int64_t count, weft_window piece, double *sums, double *areas);

typedef struct weft_zone_sum {
    double sum, rest; /* rest: what rounding took */
} weft_zone_sum;

void weft_zone_sum_add(weft_zone_sum *sum, double value);

/* Zero-initialised is none. */
typedef struct weft_zone_sums {
    bool any;
    weft_zone_sum area, values, squares; /* of valid pixels: w, w v, w v^2 */
    double mean, deviations;             /* and w (v - mean)^2 */
    double min, max;                     /* as doubles; as they are, in weft_zone_extremes */
} weft_zone_sums;

/* Adds a piece of `count` pixels: values, NaN where missing, and areas. */
void weft_zone_sums_add(weft_zone_sums *sums, const double *values, const double *areas, int64_t count);

/* The least and the greatest value, by their orders (core/data_type.h). Zero-initialised is none. */
typedef struct weft_zone_extremes {
    bool any;
    uint64_t min, max;
} weft_zone_extremes;

/* Adds a piece; pixels without area, which missing ones are, do not count. */
void weft_zone_extremes_add(weft_zone_extremes *extremes, const uint64_t *orders, const double *areas, int64_t count);

/* The area that a value covers of a piece. */
double weft_zone_area_of(const double *values, const double *areas, int64_t count, double value);

#endif
