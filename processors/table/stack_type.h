/* One type and one nodata value for all bands of an aligned stack: a GeoTIFF has no more.
 *
 * The type is the smallest that holds every column exactly. Nodata is NaN where it is a float; else a value that no
 * column's valid value can be, for which the type is widened where there is none.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_STACK_TYPE_H
#define WEFT_PROCESSORS_STACK_TYPE_H

#include "core/data_type.h"

/* A column. */
typedef struct weft_stack_column {
    weft_data_type type;
    bool has_unused; /* integers: there is a value that is missing in the source and so never a valid one here */
    uint64_t unused; /* it, in two's complement of 64 bits */
} weft_stack_column;

typedef struct weft_stack_type {
    weft_data_type type;
    uint64_t nodata; /* integers: in two's complement of 64 bits; floats: NaN, and 0 here */
    bool rounds;     /* no type holds 64-bit integers and fractions, or both ends of 64 bits: large ones are rounded */
    bool may_occur;  /* 64-bit integers: nodata is a value that a column could hold; weft_stack_cells() watches it */
} weft_stack_type;

/* count >= 1. 8-bit integers with a sign become 16-bit ones, since GDAL before 3.7 has no type for them. */
weft_stack_type weft_stack_type_choose(const weft_stack_column *columns, int count);

/* The nodata value as a number: NaN for floats; 64-bit integers may be rounded. */
double weft_stack_type_nodata(const weft_stack_type *self);

/* Writes `count` cells from the first of `from` on as the stack's type, missing ones as nodata (floats: the same bits
 * for every NaN). False: one of the values is what stands for missing (only where may_occur). */
bool weft_stack_cells(const weft_stack_type *self, weft_values from, int64_t count, void *out);

/* Makes `count` cells missing. */
void weft_stack_fill_missing(const weft_stack_type *self, int64_t count, void *out);

#endif
