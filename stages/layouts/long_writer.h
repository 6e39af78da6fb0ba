/* The table in long layout: a cell of the grid has a row for each date, and the table a column for each variable.
 *
 * This writer stands before the writer of any format. That one sees a grid that is `dates` times as wide: its column
 * `col` is date `col % dates` of the grid's column `col / dates`. Where rows are no cells, it sees `dates` times as
 * many rows. Chunks are transposed a piece at a time, so that memory does not grow with the chunk.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_LONG_WRITER_H
#define WEFT_STAGES_LONG_WRITER_H

#include "stages/writers/table_writer.h"

/* What the long table is made of. Borrowed. */
typedef struct weft_long_table {
    int64_t dates;               /* how many; each cell has so many rows */
    int column_count;            /* with the column of dates */
    const weft_data_type *types; /* of the columns: each holds the values that it is made of */
    const int *from;             /* column i has on date d the chunk's column from[i * dates + d]; -1: none;
                                    WEFT_LONG_DATES: it is the dates */
    const void *date_values;     /* `dates` values of that column's type */
    bool chosen;                 /* chunks say which cells are rows */
} weft_long_table;

#define WEFT_LONG_DATES (-2)

/* Bytes of the ledger for one piece. cells: of the whole table; fewer than a piece has need less. */
int64_t weft_long_writer_bytes(const weft_long_table *table, int64_t cells);

/* inner   a writer of the long table; taken over, also on failure
 * spec    of the wide table; borrowed, outlives it
 * errors  WEFT_ERR_MEMORY */
weft_status weft_long_writer_new(weft_table_writer **out, weft_table_writer *inner, const weft_table_spec *spec,
                                 const weft_long_table *table, weft_error *err);

#endif
