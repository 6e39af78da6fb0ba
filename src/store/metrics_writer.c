/* SPDX-License-Identifier: MIT
 *
 * Statements are prepared once. A database that is busy is waited for half a second, then left to the caller, who has
 * more patience. */
#include "store/metrics_writer.h"

#include "store/database_file.h"
#include "store/metrics_schema.h"
#include "store/sql_trouble.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define OPEN_BUSY_MS 50 /* while it is opened: a run may be waiting */
#define BUSY_MS      500
#define LOG_PAGES    512 /* of 4 KiB */

struct weft_metrics_writer {
    weft_database database;
    sqlite3_stmt *statements[WEFT_ROW_KINDS];
    int64_t run_id; /* of the run that was begun last; 0: none */
};

/* SQLite's own checkpoint never waits, and begins the log anew only where nobody reads just then: with readers that
 * come and go it would grow for as long as the run. So where it has grown to 2 MiB it is waited for those that read, as
 * long as for any lock; this is no thread of the run's. */
static int keep_log_small(void *payload, sqlite3 *database, const char *name, int pages) {
    (void)payload;
    if (pages >= LOG_PAGES) (void)sqlite3_wal_checkpoint_v2(database, name, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    return SQLITE_OK;
}

static weft_status open_database(weft_metrics_writer *writer, const char *path, const weft_cancel *cancel,
                                 weft_error *err) {
    weft_database *database = &writer->database;
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    /* Of a file that may not be written SQLite would leave files beside it that may not be written either. */
    if (status == WEFT_OK && access(path, W_OK) != 0 && errno != ENOENT)
        status = weft_error_set_errno(err, errno, "%s: cannot be written", path);
    if (status == WEFT_OK)
        status = weft_database_open(database, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, OPEN_BUSY_MS,
                                    WEFT_ERR_BUSY, err);
    /* A cache of 512 KiB: rows are only ever added. WAL lets `weft memory` read while a run writes. */
    if (status == WEFT_OK)
        status = weft_database_execute(database,
                                       "pragma foreign_keys = off; pragma cache_size = -512; "
                                       "pragma journal_mode = wal; pragma synchronous = normal",
                                       err);
    if (status != WEFT_OK) return status;
    weft_sql_set_cancel(database->handle, cancel);
    status = weft_metrics_schema_apply(database, err);
    if (status != WEFT_OK && weft_cancel_check(cancel, NULL) != WEFT_OK) status = weft_cancel_check(cancel, err);
    /* What a run that was stopped records is written. */
    sqlite3_progress_handler(database->handle, 0, NULL, NULL);
    if (status == WEFT_OK) status = weft_database_execute(database, "pragma foreign_keys = on", err);
    for (int i = 0; i < WEFT_ROW_KINDS && status == WEFT_OK; i++)
        status = weft_database_prepare(database, &writer->statements[i], weft_metrics_row_sql[i], err);
    (void)sqlite3_busy_timeout(database->handle, BUSY_MS);
    (void)sqlite3_wal_hook(database->handle, keep_log_small, NULL);
    return status;
}

weft_status weft_metrics_writer_open(weft_metrics_writer **out, const char *path, const weft_cancel *cancel,
                                     weft_error *err) {
    weft_metrics_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    weft_status status = open_database(writer, path, cancel, err);
    if (status == WEFT_OK)
        *out = writer;
    else
        weft_metrics_writer_close(writer);
    return status;
}

void weft_metrics_writer_close(weft_metrics_writer *writer) {
    if (writer == NULL) return;
    weft_database_close(&writer->database);
    free(writer);
}

static bool write_row(weft_metrics_writer *writer, const weft_metrics_row *row) {
    sqlite3_stmt *statement = writer->statements[row->kind];
    const weft_sql_values values = {row->values, row->count};
    if (row->kind == WEFT_ROW_BEGIN) {
        if (!weft_sql_run(statement, values)) return false;
        writer->run_id = sqlite3_last_insert_rowid(writer->database.handle);
        return true;
    }
    weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_integer(writer->run_id)));
    weft_sql_bind(statement, 2, values);
    return weft_sql_step(statement);
}

weft_status weft_metrics_writer_write(weft_metrics_writer *writer, weft_metrics_row *const *rows, int count,
                                      weft_error *err) {
    int64_t run_id = writer->run_id;
    weft_status status = weft_database_execute(&writer->database, "begin immediate", err);
    for (int i = 0; i < count && status == WEFT_OK; i++)
        if (!write_row(writer, rows[i])) status = weft_database_failed(&writer->database, err);
    if (status == WEFT_OK) status = weft_database_execute(&writer->database, "commit", err);
    if (status == WEFT_OK) return status;
    (void)weft_database_execute(&writer->database, "rollback", NULL);
    writer->run_id = run_id;
    return status;
}
