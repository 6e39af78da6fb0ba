/* SPDX-License-Identifier: MIT
 *
 * One transaction around all queries: SQLite gives all of them the same snapshot, and keeps no writer from its work. */
#include "store/metrics_reader.h"

#include "store/database_reading.h"
#include "store/metrics_schema.h"
#include "store/sql_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct weft_metrics_reader {
    weft_database database;
    sqlite3_stmt *statement;
    int code; /* of its last step */
};

weft_status weft_metrics_reader_open(weft_metrics_reader **out, const char *path, weft_error *err) {
    weft_metrics_reader *reader = calloc(1, sizeof *reader);
    *out = NULL;
    if (reader == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", path);
    weft_status status = weft_metrics_open_reading(&reader->database, path, WEFT_READING_BUSY_MS, err);
    if (status == WEFT_OK) status = weft_database_execute(&reader->database, "begin", err);
    if (status == WEFT_OK)
        *out = reader;
    else
        weft_metrics_reader_close(reader);
    return status;
}

void weft_metrics_reader_close(weft_metrics_reader *reader) {
    if (reader == NULL) return;
    (void)sqlite3_finalize(reader->statement);
    reader->statement = NULL;
    weft_database_close(&reader->database);
    free(reader);
}

static const char *find_query(const char *name) {
    const weft_sql_text *query = weft_sql_report;
    while (query->name != NULL && strcmp(query->name, name) != 0)
        query++;
    return query->sql;
}

weft_status weft_metrics_reader_ask(weft_metrics_reader *reader, const char *name, int64_t number, const char *text,
                                    weft_error *err) {
    const char *sql = find_query(name);
    (void)sqlite3_finalize(reader->statement);
    reader->statement = NULL;
    reader->code = SQLITE_OK;
    if (sql == NULL) return weft_error_set(err, WEFT_ERR_INTERNAL, "there is no query \"%s\"", name);
    weft_status status = weft_database_prepare(&reader->database, &reader->statement, sql, err);
    if (status != WEFT_OK && weft_metrics_schema_is_older(&reader->database))
        weft_error_hint(err, "an older weft made it: the next run that writes to it brings it up to date");
    if (status != WEFT_OK) return status;
    int parameters = sqlite3_bind_parameter_count(reader->statement);
    if (parameters >= 1) weft_sql_bind(reader->statement, 1, WEFT_SQL_VALUES(weft_sql_integer(number)));
    if (parameters >= 2) weft_sql_bind(reader->statement, 2, WEFT_SQL_VALUES(weft_sql_string(text)));
    return WEFT_OK;
}

bool weft_metrics_reader_next(weft_metrics_reader *reader) {
    reader->code = sqlite3_step(reader->statement);
    return reader->code == SQLITE_ROW;
}

weft_status weft_metrics_reader_end(weft_metrics_reader *reader, weft_error *err) {
    bool failed = reader->code != SQLITE_OK && reader->code != SQLITE_ROW && reader->code != SQLITE_DONE;
    weft_status status = failed ? weft_database_failed(&reader->database, err) : WEFT_OK;
    (void)sqlite3_finalize(reader->statement);
    reader->statement = NULL;
    return status;
}

double weft_metrics_reader_number(weft_metrics_reader *reader, int column) {
    bool is_null = sqlite3_column_type(reader->statement, column) == SQLITE_NULL;
    return is_null ? NAN : sqlite3_column_double(reader->statement, column);
}

int64_t weft_metrics_reader_integer(weft_metrics_reader *reader, int column) {
    return sqlite3_column_int64(reader->statement, column);
}

const char *weft_metrics_reader_text(weft_metrics_reader *reader, int column) {
    return weft_sql_text_at(reader->statement, column);
}

const char *weft_metrics_reader_name(weft_metrics_reader *reader, int column) {
    return sqlite3_column_name(reader->statement, column);
}
