/* SPDX-License-Identifier: MIT */
#include "store/queries/metrics_rows.h"

weft_status weft_metrics_rows_read(const weft_database *database, sqlite3_stmt *statement, weft_metrics_row_fn fn,
                                   void *payload, weft_error *err) {
    const char *names[WEFT_METRICS_MAX_COLUMNS], *values[WEFT_METRICS_MAX_COLUMNS];
    bool numeric[WEFT_METRICS_MAX_COLUMNS] = {false};
    /* The first step may prepare the statement anew, where the schema has changed; names are its own, and freed then. */
    int code = sqlite3_step(statement), columns = sqlite3_column_count(statement);
    if (columns > WEFT_METRICS_MAX_COLUMNS) columns = WEFT_METRICS_MAX_COLUMNS;
    for (int i = 0; i < columns; i++)
        names[i] = sqlite3_column_name(statement, i);
    if (!fn(payload, columns, names, NULL, numeric)) return WEFT_OK;
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        for (int i = 0; i < columns; i++) {
            int type = sqlite3_column_type(statement, i);
            numeric[i] = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
            values[i] = type == SQLITE_NULL   ? NULL
                        : type == SQLITE_BLOB ? "(bytes)"
                                              : (const char *)sqlite3_column_text(statement, i);
        }
        if (!fn(payload, columns, names, values, numeric)) return WEFT_OK;
    }
    return code == SQLITE_DONE ? WEFT_OK : weft_database_failed(database, err);
}
