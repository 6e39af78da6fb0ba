/* What a column holds, in a few numbers: count, min, max, mean, standard deviation.
 *
 * Cells are taken in parts, each summed in the order of its cells around its first value, and parts are combined in
 * order (Chan, Golub and LeVeque 1979): the same parts give the same bits, whoever summed them when.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_COLUMN_STATS_H
#define WEFT_PROCESSORS_COLUMN_STATS_H

#include "core/data_type.h"

/* A value of the column: `real` of floats, `unsigned_integer` of uint64, `integer` of all other integers. */
typedef union weft_stats_value {
    double real;
    int64_t integer;
    uint64_t unsigned_integer;
} weft_stats_value;

/* Of one part. Zero-initialised is empty. Plain numbers, to be kept as they are. */
typedef struct weft_stats_part {
    int64_t count;              /* values that are not missing; the others mean nothing where it is 0 */
    double shift, sum, squares; /* the first value; sums of what the others differ from it by, and of its squares */
    weft_stats_value min, max;  /* infinities included */
} weft_stats_part;

/* Of parts together. Zero-initialised is of none. */
typedef struct weft_column_stats {
    int64_t count;
    weft_stats_value min, max;
    double mean;    /* not a number, or infinite, where infinite values are among them */
    double squares; /* of differences from the mean, summed */
} weft_column_stats;

/* Adds `count` values that follow each other; kept: those that count, NULL for all. Dates are integers here; texts are
 * only counted. */
void weft_stats_part_add(weft_stats_part *part, const weft_values *values, int64_t count, const bool *kept);

/* Adds the part that comes next. */
void weft_column_stats_add(weft_column_stats *stats, weft_data_type type, const weft_stats_part *part);

/* The sample standard deviation (n - 1); NaN of fewer than two values. */
double weft_column_stats_sd(const weft_column_stats *stats);

/* Writes a value of this type as the table does, to `out` of WEFT_NUMBER_TEXT_BYTES (processors/text/number_text.h),
 * and a NUL after it. */
void weft_stats_value_text(weft_stats_value value, weft_data_type type, char *out);

#endif
