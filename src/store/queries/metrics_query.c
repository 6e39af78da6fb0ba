/* SPDX-License-Identifier: MIT
 *
 * Read-only, so that looking at a database never makes or changes one. */
#include "store/queries/metrics_query.h"

#include "core/text.h"
#include "store/database_reading.h"
#include "store/metrics_schema.h"
#include "store/queries/metrics_rows.h"

#include <stdlib.h>
#include <string.h>

typedef struct name_list {
    char *names[256];
    int count;
} name_list;

static weft_status read_names(const weft_database *database, name_list *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = weft_database_prepare(
        database, &statement, "select experiment_id from experiments order by started_ms desc limit 255", err);
    if (status != WEFT_OK) return status;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        char *name = text == NULL ? NULL : weft_text_format("%s", text);
        if (name != NULL) out->names[out->count++] = name;
    }
    sqlite3_finalize(statement);
    return WEFT_OK;
}

static weft_status check_experiment(const weft_database *database, const char *experiment_id, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status =
        weft_database_prepare(database, &statement, "select 1 from experiments where experiment_id = ?", err);
    if (status != WEFT_OK) return status;
    weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_string(experiment_id)));
    bool known = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    if (known) return WEFT_OK;
    name_list names = {0};
    status = read_names(database, &names, err);
    if (status != WEFT_OK) return status;
    const char *nearest = weft_text_nearest(experiment_id, (const char *const *)names.names);
    weft_error_set(err, WEFT_ERR_DATA, "%s: there is no experiment \"%s\"", database->path, experiment_id);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else if (names.count > 0)
        weft_error_hint(err, "the last one is %s", names.names[0]);
    for (int i = 0; i < names.count; i++)
        free(names.names[i]);
    return WEFT_ERR_DATA;
}

/* Of one run (run_id > 0), or one experiment, or all. */
static weft_status query(const char *path, const char *view, const char *experiment_id, int64_t run_id,
                         weft_metrics_row_fn fn, void *payload, weft_error *err) {
    weft_database database = {0};
    sqlite3_stmt *statement = NULL;
    char *sql = NULL;
    weft_status status = weft_metrics_open_reading(&database, path, WEFT_READING_BUSY_MS, err);
    if (status == WEFT_OK && experiment_id != NULL) status = check_experiment(&database, experiment_id, err);
    if (status != WEFT_OK) goto done;
    sql = sqlite3_mprintf("select * from \"%w%s\"%s", view, run_id != 0 ? "_all_runs" : "",
                          run_id > 0              ? " where run_id = ?"
                          : experiment_id != NULL ? " where experiment_id = ?"
                                                  : "");
    if (sql == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a query", path);
        goto done;
    }
    status = weft_database_prepare(&database, &statement, sql, err);
    if (status != WEFT_OK) {
        if (weft_metrics_schema_is_older(&database))
            weft_error_hint(err, "an older weft made it: the next run that writes to it brings it up to date");
        goto done;
    }
    if (run_id > 0)
        weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_integer(run_id)));
    else if (experiment_id != NULL)
        weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_string(experiment_id)));
    status = weft_metrics_rows_read(&database, statement, fn, payload, err);
done:
    sqlite3_free(sql);
    weft_database_close(&database);
    return status;
}

weft_status weft_metrics_query(const char *path, const char *view, const char *experiment_id, weft_metrics_row_fn fn,
                               void *payload, weft_error *err) {
    return query(path, view, experiment_id, 0, fn, payload, err);
}

weft_status weft_metrics_query_runs(const char *path, const char *view, const char *experiment_id, int64_t run_id,
                                    weft_metrics_row_fn fn, void *payload, weft_error *err) {
    return query(path, view, experiment_id, run_id, fn, payload, err);
}

/* Reading alone: no other database, no setting, no function that loads code. */
static int allow_reading(void *payload, int action, const char *a, const char *b, const char *c, const char *d) {
    (void)payload;
    (void)a;
    (void)c;
    (void)d;
    bool reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ||
                 (action == SQLITE_FUNCTION && (b == NULL || strcmp(b, "load_extension") != 0));
    return reads ? SQLITE_OK : SQLITE_DENY;
}

/* One SELECT, and nothing after it. */
static weft_status prepare_reading(const weft_database *database, sqlite3_stmt **out, const char *sql,
                                   weft_error *err) {
    const char *rest = "";
    int code = sqlite3_prepare_v2(database->handle, sql, -1, out, &rest);
    if (code == SQLITE_ERROR || code == SQLITE_AUTH) {
        weft_error_set(err, WEFT_ERR_USAGE, "%s: %s", database->path, sqlite3_errmsg(database->handle));
        weft_error_hint(err, code == SQLITE_AUTH ? "only SELECT is allowed here"
                                                 : "weft memory sql \"select name from sqlite_schema\" lists what "
                                                   "there is");
        return WEFT_ERR_USAGE;
    }
    if (code != SQLITE_OK) return weft_database_failed(database, err);
    if (*out == NULL || rest[strspn(rest, " \t\r\n;")] != '\0')
        return weft_error_set(err, WEFT_ERR_USAGE, "one SELECT is expected");
    if (sqlite3_column_count(*out) > WEFT_METRICS_MAX_COLUMNS)
        return weft_error_set(err, WEFT_ERR_USAGE, "at most %d columns can be shown", WEFT_METRICS_MAX_COLUMNS);
    return WEFT_OK;
}

weft_status weft_metrics_query_sql(const char *path, const char *sql, weft_metrics_row_fn fn, void *payload,
                                   weft_error *err) {
    weft_database database = {0};
    sqlite3_stmt *statement = NULL;
    weft_status status = weft_metrics_open_reading(&database, path, WEFT_READING_BUSY_MS, err);
    if (status == WEFT_OK) (void)sqlite3_set_authorizer(database.handle, allow_reading, NULL);
    if (status == WEFT_OK) status = prepare_reading(&database, &statement, sql, err);
    if (status == WEFT_OK) status = weft_metrics_rows_read(&database, statement, fn, payload, err);
    /* VACUUM is found out when it runs. */
    if (status != WEFT_OK && database.handle != NULL && sqlite3_errcode(database.handle) == SQLITE_AUTH)
        status = WEFT_ERR_USAGE;
    if (err != NULL) err->status = status;
    weft_database_close(&database);
    return status;
}

const char *weft_metrics_sqlite_version(void) {
    return sqlite3_libversion();
}
