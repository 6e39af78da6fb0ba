/* SPDX-License-Identifier: MIT */
#include "processors/polygon/zone_sums.h"

#include "processors/footprint/footprint.h"

#include <math.h>
#include <string.h>

#define ROUNDING 1e-12 /* areas under it are nothing, and those that lack no more are whole */
#define TOGETHER 256   /* pixels that are added up plainly */

void weft_zone_cover(const weft_zone_side *sides, int64_t count, weft_window piece, double *sums, double *areas) {
    memset(sums, 0, (size_t)((piece.cols + 1) * piece.rows) * sizeof *sums);
    for (int64_t i = 0; i < count; i++) {
        const weft_zone_side *side = &sides[i];
        weft_footprint_add_side(sums, piece.cols, piece.rows, side->u0 - (double)piece.col,
                                side->v0 - (double)piece.row, side->u1 - (double)piece.col,
                                side->v1 - (double)piece.row);
    }
    for (int64_t row = 0; row < piece.rows; row++) {
        const double *line = sums + row * (piece.cols + 1);
        double running = 0;
        for (int64_t col = 0; col < piece.cols; col++) {
            running += line[col];
            double area = -running; /* what lies left of a side that goes up is inside */
            area = area > 1 - ROUNDING ? 1 : area;
            areas[row * piece.cols + col] = area > ROUNDING ? area : 0;
        }
    }
}

/* What is lost beside an infinity is none of it: inf - inf would make a NaN of the sum. */
void weft_zone_sum_add(weft_zone_sum *sum, double value) {
    double total = sum->sum + value;
    if (isfinite(total))
        sum->rest += fabs(sum->sum) >= fabs(value) ? (sum->sum - total) + value : (value - total) + sum->sum;
    sum->sum = total;
}

/* Of a few pixels. */
typedef struct few_sums {
    double area, values, squares, min, max;
} few_sums;

static few_sums add_few(const double *values, const double *areas, int64_t count) {
    few_sums few = {0, 0, 0, INFINITY, -INFINITY};
    for (int64_t i = 0; i < count; i++) {
        double value = values[i], area = areas[i];
        if (!(area > 0) || isnan(value)) continue;
        few.area += area;
        few.values += area * value;
        few.squares += area * value * value;
        few.min = value < few.min ? value : few.min;
        few.max = value > few.max ? value : few.max;
    }
    return few;
}

static double deviations_from(const double *values, const double *areas, int64_t count, double mean) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        if (areas[i] > 0 && !isnan(values[i])) sum += areas[i] * (values[i] - mean) * (values[i] - mean);
    return sum;
}

void weft_zone_sums_add(weft_zone_sums *sums, const double *values, const double *areas, int64_t count) {
    for (int64_t at = 0; at < count; at += TOGETHER) {
        int64_t n = count - at < TOGETHER ? count - at : TOGETHER;
        few_sums few = add_few(values + at, areas + at, n);
        if (few.area == 0) continue;
        /* A constant has no deviation at all. */
        double mean = few.min == few.max ? few.min : few.values / few.area, before = sums->area.sum + sums->area.rest;
        double apart = sums->any ? mean - sums->mean : 0, all = before + few.area;
        double deviations = deviations_from(values + at, areas + at, n, mean);
        sums->deviations += deviations + apart * apart * before * few.area / all;
        sums->mean = sums->any ? sums->mean + apart * few.area / all : mean;
        weft_zone_sum_add(&sums->area, few.area);
        weft_zone_sum_add(&sums->values, few.values);
        weft_zone_sum_add(&sums->squares, few.squares);
        sums->min = sums->any && sums->min < few.min ? sums->min : few.min;
        sums->max = sums->any && sums->max > few.max ? sums->max : few.max;
        sums->any = true;
    }
}

void weft_zone_extremes_add(weft_zone_extremes *extremes, const uint64_t *orders, const double *areas, int64_t count) {
    uint64_t min = extremes->any ? extremes->min : UINT64_MAX, max = extremes->any ? extremes->max : 0;
    for (int64_t i = 0; i < count; i++) {
        if (!(areas[i] > 0)) continue;
        min = orders[i] < min ? orders[i] : min;
        max = orders[i] > max ? orders[i] : max;
        extremes->any = true;
    }
    extremes->min = min;
    extremes->max = max;
}

double weft_zone_area_of(const double *values, const double *areas, int64_t count, double value) {
    double area = 0;
    for (int64_t i = 0; i < count; i++)
        area += values[i] == value ? areas[i] : 0;
    return area;
}
