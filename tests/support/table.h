/* A CSV table read back: numbers by column, missing values as NaN.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_TABLE_H
#define WEFT_TESTS_SUPPORT_TABLE_H

#include <stddef.h>

typedef struct table {
    int columns;
    size_t rows;
    char **names;
    double *values;     /* rows * columns, row-major */
    long double *exact; /* the same as strtold reads them: 64-bit integers whole */
} table;

/* Reads plain CSV without quoting. Fails the running test when a line has another number of fields. */
table table_read(const char *path);
void table_free(table *self);

/* Index of a column; fails the test when there is none. */
int table_column(const table *self, const char *name);

#endif
