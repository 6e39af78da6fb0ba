/* A table of cells as a SQLite database: `cells` with its places and columns, and `metadata` (key, value).
 *
 * The file's bytes follow from the rows alone: pages and transactions are of a fixed size.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SQLITE_TABLE_H
#define WEFT_STORE_SQLITE_TABLE_H

#include "core/cancel.h"
#include "core/pair.h"
#include "core/row_sink.h"

typedef struct weft_sqlite_table_options {
    const char *path;         /* of an empty file; locked by SQLite until the sink is freed */
    bool unplaced;            /* rows are no cells: there are no x and y before the columns */
    bool index;               /* columns "row" and "col" before x and y */
    const char *const *names; /* of the columns; unique, whatever their case */
    const weft_data_type *types;
    int column_count;
    const weft_pair *pairs; /* of the table metadata */
    int pair_count;
    const weft_cancel *cancel; /* looked at while statements run; may be NULL. Outlives the sink */
} weft_sqlite_table_options;

/* The most columns, places included, that a table may have (SQLite's own limit for a statement's values). */
#define WEFT_SQLITE_MAX_COLUMNS 2000

/* What SQLite takes at most beside the ledger. */
#define WEFT_SQLITE_TABLE_BYTES (INT64_C(3) << 20)

/* Makes the tables and fills in `out`, whose calls write the cells: floats REAL, integers INTEGER, texts and
 * dates ("2025-05-01") TEXT, missing NULL; an
 * unsigned 64-bit integer that SQLite's cannot hold is the nearest REAL. finish() commits, and reads
 * every row back. Everything in `options` is copied or done with on return. Errors, there and here: WEFT_ERR_IO (the
 * disk is full), WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL. */
weft_status weft_sqlite_table_open(weft_row_sink *out, const weft_sqlite_table_options *options, weft_error *err);

#endif
