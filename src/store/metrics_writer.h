/* Between the files of this folder only: records, and how one becomes rows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_WRITER_H
#define WEFT_STORE_METRICS_WRITER_H

#include "core/cancel.h"
#include "store/metrics_records.h"

#include <sqlite3.h>

typedef enum weft_record_kind {
    WEFT_RECORD_BEGIN,
    WEFT_RECORD_SAMPLE,
    WEFT_RECORD_ALERT,
    WEFT_RECORD_ADAPTATION,
    WEFT_RECORD_STAGE,
    WEFT_RECORD_POOL,
    WEFT_RECORD_OPERATION,
    WEFT_RECORD_EVENT,
    WEFT_RECORD_END,
} weft_record_kind;

typedef struct weft_end_record {
    weft_status status;
    int64_t rows, peak_bytes;
} weft_end_record;

/* One thing to write. Strings that were copied are in `text`, where the others point. */
typedef struct weft_record {
    weft_record_kind kind;
    int64_t wall_ms;
    char *text; /* owned; NULL without */
    union {
        weft_experiment_record begin;
        weft_sample_record sample;
        weft_alert_record alert;
        weft_adaptation adaptation;
        weft_stage_record stage;
        weft_pool_record pool;
        weft_operation_record operation;
        weft_event_record event;
        weft_end_record end;
    } as;
} weft_record;

typedef struct weft_metrics_writer weft_metrics_writer;

/* Opens and migrates the database; `cancel` ends a migration, which is then as if it had not begun, and may be NULL.
 * One thread. Errors: WEFT_ERR_BUSY (someone else has the database: try again), WEFT_ERR_IO, WEFT_ERR_DATA,
 * WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY; those of weft_cancel_check(). */
weft_status weft_metrics_writer_open(weft_metrics_writer **out, const char *path, const weft_cancel *cancel,
                                     weft_error *err);
void weft_metrics_writer_close(weft_metrics_writer *writer);

/* Writes `count` records in one transaction, all or none. Errors: WEFT_ERR_BUSY (someone else has the database: try
 * again), WEFT_ERR_IO, WEFT_ERR_DATA. */
weft_status weft_metrics_writer_write(weft_metrics_writer *writer, const weft_record *records, int count,
                                      weft_error *err);

#endif
