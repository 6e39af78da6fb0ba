/* Between the files of this folder only: the metrics database, as one who writes rows to it sees it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_WRITER_H
#define WEFT_STORE_METRICS_WRITER_H

#include "core/cancel.h"
#include "store/metrics_row.h"

typedef struct weft_metrics_writer weft_metrics_writer;

/* Opens and migrates the database; `cancel` ends a migration, which is then as if it had not begun, and may be NULL.
 * One thread. Errors: WEFT_ERR_BUSY (someone else has the database: try again), WEFT_ERR_IO, WEFT_ERR_DATA,
 * WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY; those of weft_cancel_check(). */
weft_status weft_metrics_writer_open(weft_metrics_writer **out, const char *path, const weft_cancel *cancel,
                                     weft_error *err);
void weft_metrics_writer_close(weft_metrics_writer *writer);

/* Writes `count` rows in one transaction, all or none. Errors: WEFT_ERR_BUSY (someone else has the database: try
 * again), WEFT_ERR_IO, WEFT_ERR_DATA. */
weft_status weft_metrics_writer_write(weft_metrics_writer *writer, weft_metrics_row *const *rows, int count,
                                      weft_error *err);

#endif
