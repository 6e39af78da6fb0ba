/* Compares a CSV that weft wrote with what a case expects of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CASES_CASE_TABLE_H
#define WEFT_TESTS_CASES_CASE_TABLE_H

#include "cases/case_file.h"

/* A CSV as texts: a header and rows. Empty fields are missing values. Fields have no quotes. */
typedef struct case_table {
    int columns, rows;
    char **fields; /* (rows + 1) * columns, the header first */
    char *text;    /* what they point into */
} case_table;

/* Reads CSV text (copied). Spaces round fields and blank lines are passed over. Fails the test where a row has another
 * number of fields than the header. */
case_table case_table_parse(const char *text);
void case_table_free(case_table *self);

/* Fails the test unless `got` has the rows and columns of `expected`, in its order, each number within `tolerance`
 * times the larger of 1 and its size. */
void case_table_compare(const case_table *got, const case_table *expected, double tolerance);

/* The same for some rows and columns: each row of `expected` begins with x and y, which say which row of `got` it is.
 */
void case_table_compare_cells(const case_table *got, const case_table *expected, double tolerance);

/* Checks a mapping of columns to {present, missing, distinct, min, max, sum}, as far as each is given. */
void case_table_check_columns(case_file *file, yaml_node_t *columns, const case_table *got, double tolerance);

#endif
