/* SPDX-License-Identifier: MIT */
#include "store/queries/served_metrics.h"

#include "core/text.h"
#include "store/database_file.h"
#include "store/database_reading.h"
#include "store/metrics_schema.h"
#include "store/queries/metrics_rows.h"
#include "store/sql_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUSY_MS 20 /* others are answered by the same thread */

struct weft_served_metrics {
    char *path;
    weft_database database; /* all zeros: not open */
    dev_t device;           /* of the file that is open */
    ino_t inode;
    bool answered; /* once, at least */
};

weft_status weft_served_metrics_new(weft_served_metrics **out, const char *path, weft_error *err) {
    *out = NULL;
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    if (status != WEFT_OK) return status;
    weft_served_metrics *reader = calloc(1, sizeof *reader);
    if (reader != NULL) reader->path = weft_text_format("%s", path);
    if (reader == NULL || reader->path == NULL) {
        free(reader);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", path);
    }
    *out = reader;
    return WEFT_OK;
}

void weft_served_metrics_free(weft_served_metrics *reader) {
    if (reader == NULL) return;
    weft_database_close(&reader->database);
    free(reader->path);
    free(reader);
}

static void close_database(weft_served_metrics *reader) {
    weft_database_close(&reader->database);
    reader->database = (weft_database){0};
}

static weft_status open_database(weft_served_metrics *reader, weft_error *err) {
    struct stat info;
    if (stat(reader->path, &info) != 0 || info.st_size == 0) {
        close_database(reader);
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no metrics database yet", reader->path);
    }
    if (reader->database.handle != NULL && info.st_dev == reader->device && info.st_ino == reader->inode)
        return WEFT_OK;
    close_database(reader);
    reader->device = info.st_dev;
    reader->inode = info.st_ino;
    weft_status status = weft_metrics_open_reading(&reader->database, reader->path, BUSY_MS, err);
    if (status == WEFT_OK) status = weft_database_execute(&reader->database, "pragma cache_size = -1024", err);
    if (status != WEFT_OK) close_database(reader);
    return status;
}

static void bind(sqlite3_stmt *statement, const char *name, weft_sql_value value) {
    int place = sqlite3_bind_parameter_index(statement, name);
    if (place > 0) weft_sql_bind(statement, place, WEFT_SQL_VALUES(value));
}

static const char *query_text(const char *name) {
    const weft_sql_text *text = weft_sql_api;
    while (text->name != NULL && strcmp(text->name, name) != 0)
        text++;
    return text->sql;
}

static weft_status ask_once(weft_served_metrics *reader, const weft_served_ask *ask, weft_metrics_row_fn fn,
                            void *payload, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    const char *sql = query_text(ask->query);
    if (sql == NULL) return weft_error_set(err, WEFT_ERR_INTERNAL, "there is no query %s", ask->query);
    weft_status status = open_database(reader, err);
    if (status == WEFT_OK) status = weft_database_prepare(&reader->database, &statement, sql, err);
    if (status != WEFT_OK) {
        if (reader->database.handle != NULL && weft_metrics_schema_is_older(&reader->database))
            weft_error_hint(err, "an older weft made it: the next run that writes to it brings it up to date");
        return status;
    }
    bind(statement, ":experiment", weft_sql_string(ask->experiment));
    bind(statement, ":run", ask->run_id == 0 ? weft_sql_null() : weft_sql_integer(ask->run_id));
    bind(statement, ":since", weft_sql_integer(ask->since_ms));
    bind(statement, ":limit", weft_sql_integer(ask->limit));
    status = weft_metrics_rows_read(&reader->database, statement, fn, payload, err);
    (void)sqlite3_finalize(statement);
    return status;
}

/* While a run makes its database nobody else can read it: there is none yet. */
weft_status weft_served_metrics_ask(weft_served_metrics *reader, const weft_served_ask *ask, weft_metrics_row_fn fn,
                                    void *payload, weft_error *err) {
    weft_status status = ask_once(reader, ask, fn, payload, err);
    reader->answered = reader->answered || status == WEFT_OK;
    return status == WEFT_ERR_BUSY && !reader->answered ? WEFT_ERR_NO_INPUT : status;
}
