/* The table in long layout: a cell of the grid is a row a date, with a column a variable.
 *
 * It stands before the writer of any format, which takes the table's rows as cells of a grid that is so many times as
 * wide: column `col` of it is date `col % dates` of the grid's column `col / dates`. Rows that are no cells become so
 * many times as many rows. Chunks are turned a piece at a time, so that memory does not grow with the chunk.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_LONG_WRITER_H
#define WEFT_STAGES_LONG_WRITER_H

#include "stages/writers/table_writer.h"

/* What the long table is made of. Borrowed. */
typedef struct weft_long_table {
    int64_t dates;               /* rows of a cell */
    int column_count;            /* the dates' too */
    const weft_data_type *types; /* of the columns: each holds the values that it is made of */
    const int *from;             /* column i has on date d the chunk's column from[i * dates + d]; -1: none;
                                    WEFT_LONG_DATES: it is the dates */
    const void *date_values;     /* `dates` values of that column's type */
    bool chosen;                 /* chunks say which cells are rows */
} weft_long_table;

#define WEFT_LONG_DATES (-2)

/* Bytes of the ledger that turning takes, whatever the grid. */
int64_t weft_long_writer_bytes(const weft_long_table *table, int64_t cells);

/* inner   a writer of the long table; taken over, also on failure
 * spec    of the wide table; borrowed, outlives it
 * errors  WEFT_ERR_MEMORY */
weft_status weft_long_writer_new(weft_table_writer **out, weft_table_writer *inner, const weft_table_spec *spec,
                                 const weft_long_table *table, weft_error *err);

#endif
