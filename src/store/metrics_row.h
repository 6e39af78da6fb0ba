/* Between the files of this folder only: what is recorded, as rows of the tables of sql/schema.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_ROW_H
#define WEFT_STORE_METRICS_ROW_H

#include "store/database.h"
#include "store/metrics_records.h"

typedef enum weft_metrics_row_kind {
    WEFT_ROW_BEGIN,
    WEFT_ROW_SAMPLE,
    WEFT_ROW_ALERT,
    WEFT_ROW_ADAPTATION,
    WEFT_ROW_STAGE,
    WEFT_ROW_POOL,
    WEFT_ROW_OPERATION,
    WEFT_ROW_EVENT,
    WEFT_ROW_SLOW,
    WEFT_ROW_CHUNK,
    WEFT_ROW_METRIC,
    WEFT_ROW_VERDICT,
    WEFT_ROW_METADATA,
    WEFT_ROW_END,
    WEFT_ROW_KINDS,
} weft_metrics_row_kind;

/* One allocation, with the texts that `values` point to; free() it. */
typedef struct weft_metrics_row {
    weft_metrics_row_kind kind;
    int count;
    weft_sql_value values[];
} weft_metrics_row;

/* The statement of each kind. Its first parameter is the run_id, but for WEFT_ROW_BEGIN, which makes a run; the row's
 * values follow. */
extern const char *const weft_metrics_row_sql[WEFT_ROW_KINDS];

/* Copies the values, with their texts. NULL: no memory. */
weft_metrics_row *weft_metrics_row_new(weft_metrics_row_kind kind, weft_sql_values values);

#endif
