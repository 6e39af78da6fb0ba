/* Between the files of this folder only: the rows of a statement, as whoever asked for them sees them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_ROWS_H
#define WEFT_STORE_METRICS_ROWS_H

#include "store/database.h"
#include "store/queries/metrics_row_fn.h"

#define WEFT_METRICS_MAX_COLUMNS 64

/* Runs a statement whose values are bound, and calls fn for its names and for each row. Errors: those of
 * weft_database_failed(). */
weft_status weft_metrics_rows_read(const weft_database *database, sqlite3_stmt *statement, weft_metrics_row_fn fn,
                                   void *payload, weft_error *err);

#endif
