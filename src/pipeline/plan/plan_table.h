/* What table formats make of a plan's columns: in wide layout the same; in long layout a row a date, and a column a
 * variable.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_TABLE_H
#define WEFT_PIPELINE_PLAN_TABLE_H

#include "core/data_type.h"

/* Zero-initialised is none. */
typedef struct weft_plan_table {
    int column_count;
    const char **names; /* borrowed */
    weft_data_type *types;
    int64_t cell_rows; /* rows that a cell gives: 1; in long layout one a date */
    /* The rest is NULL in wide layout. */
    void *dates;   /* cell_rows values of the date column's type */
    int *from;     /* column i's values on date d are of the plan's column from[i * cell_rows + d]; -1: none are there;
                        WEFT_PLAN_DATES: it is the date column */
    bool *carried; /* of each column: it is the date, or has the same value on all dates */
} weft_plan_table;

/* Its columns in folders of files, with export.partition.by. Zero-initialised is none. */
typedef struct weft_plan_partition {
    int by_count; /* columns that are folders, the outer first: */
    int *by;      /* the table's columns */
    const char **by_names;
    weft_data_type *by_types;
    int column_count; /* of a file: places, then the table's others */
    int *from;        /* the table's column; -1: a place */
    const char **names;
    weft_data_type *types;
} weft_plan_partition;

void weft_plan_partition_dispose(weft_plan_partition *partition);

#define WEFT_PLAN_DATES (-2) /* WEFT_LONG_DATES */

/* What it is called in long layout. */
#define WEFT_PLAN_DATE_COLUMN "date"

void weft_plan_table_dispose(weft_plan_table *table);

#endif
