/* SPDX-License-Identifier: MIT */
#include "store/database.h"

#include "core/files/real_path.h"
#include "store/database_file.h"
#include "store/sql_trouble.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a file is not there and its folder lets nobody make it. SQLite's errno does not say so: where it may not make
 * a file, it goes on to open it for reading, and keeps that there is none. */
static bool is_kept_out(const char *path) {
    char *copy = access(path, F_OK) != 0 ? strdup(path) : NULL;
    bool is = copy != NULL && access(dirname(copy), W_OK | X_OK) != 0 && (errno == EACCES || errno == EPERM);
    free(copy);
    return is;
}

/* Of a path from the root, without links: so much of SQLite's 512 bytes is left beside "-journal". */
#define MOST_PATH_BYTES 504

weft_status weft_database_path_check(const char *path, weft_error *err) {
    char *real = weft_real_path(path);
    bool fits = real == NULL || strlen(real) <= MOST_PATH_BYTES;
    free(real);
    if (fits) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: the path is too long", path);
    weft_error_hint(err, "SQLite opens files by %d bytes at most, from the root and without links", MOST_PATH_BYTES);
    return WEFT_ERR_DATA;
}

static weft_status could_not_open(const weft_database *database, int flags, weft_error *err) {
    bool cannot = (sqlite3_errcode(database->handle) & 0xff) == SQLITE_CANTOPEN;
    if (cannot && weft_database_path_check(database->path, err) != WEFT_OK) return WEFT_ERR_DATA;
    bool kept_out = cannot && (flags & SQLITE_OPEN_CREATE) != 0 && is_kept_out(database->path);
    if (!kept_out) return weft_database_failed(database, err);
    return weft_error_set_errno(err, EACCES, "%s: cannot be made", database->path);
}

weft_status weft_database_open(weft_database *out, const char *path, int flags, int busy_ms, weft_status locked_is,
                               weft_error *err) {
    *out = (weft_database){.path = strdup(path), .locked_is = locked_is};
    if (out->path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    if (sqlite3_open_v2(path, &out->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return could_not_open(out, flags, err);
    (void)sqlite3_busy_timeout(out->handle, busy_ms);
    out->open_path = sqlite3_db_filename(out->handle, "main");
    if (out->open_path != NULL) weft_database_file_note(out->open_path);
    return WEFT_OK;
}

void weft_database_close(weft_database *database) {
    sqlite3_stmt *statement;
    while (database->handle != NULL && (statement = sqlite3_next_stmt(database->handle, NULL)) != NULL)
        (void)sqlite3_finalize(statement);
    if (database->open_path != NULL) weft_database_file_forget(database->open_path);
    (void)sqlite3_close(database->handle);
    free(database->path);
    *database = (weft_database){0};
}

weft_status weft_database_failed(const weft_database *database, weft_error *err) {
    int code = sqlite3_errcode(database->handle) & 0xff;
    weft_status status = WEFT_ERR_IO;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL) status = database->locked_is;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) status = WEFT_ERR_DATA;
    if (code == SQLITE_NOMEM) status = WEFT_ERR_MEMORY;
    if (weft_sql_trouble_is_permission(database->handle)) status = WEFT_ERR_PERMISSION;
    weft_error_set(err, status, "%s: %s", database->path, sqlite3_errmsg(database->handle));
    if (err != NULL) err->may_pass = weft_sql_trouble_may_pass(database->handle);
    return status;
}

weft_status weft_database_execute(const weft_database *database, const char *sql, weft_error *err) {
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK) return WEFT_OK;
    return weft_database_failed(database, err);
}

weft_status weft_database_prepare(const weft_database *database, sqlite3_stmt **out, const char *sql, weft_error *err) {
    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK)
        return WEFT_OK;
    return weft_database_failed(database, err);
}

weft_status weft_database_number(const weft_database *database, const char *sql, int64_t *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = weft_database_prepare(database, &statement, sql, err);
    if (status == WEFT_OK && sqlite3_step(statement) != SQLITE_ROW) status = weft_database_failed(database, err);
    if (status == WEFT_OK) *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return status;
}

void weft_sql_bind(sqlite3_stmt *statement, int first, weft_sql_values values) {
    for (int i = 0; i < values.count; i++) {
        const weft_sql_value *value = &values.items[i];
        if (value->type == SQLITE_INTEGER)
            (void)sqlite3_bind_int64(statement, first + i, value->integer);
        else if (value->type == SQLITE_FLOAT)
            (void)sqlite3_bind_double(statement, first + i, value->real);
        else if (value->type == SQLITE_TEXT)
            (void)sqlite3_bind_text(statement, first + i, value->text, -1, SQLITE_STATIC);
        else
            (void)sqlite3_bind_null(statement, first + i);
    }
}

void weft_sql_end(sqlite3_stmt *statement) {
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

bool weft_sql_step(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    weft_sql_end(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

bool weft_sql_run(sqlite3_stmt *statement, weft_sql_values values) {
    weft_sql_bind(statement, 1, values);
    return weft_sql_step(statement);
}

weft_status weft_database_run(const weft_database *database, const char *sql, weft_sql_values values, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = weft_database_prepare(database, &statement, sql, err);
    if (status == WEFT_OK && !weft_sql_run(statement, values)) status = weft_database_failed(database, err);
    (void)sqlite3_finalize(statement);
    return status;
}

const char *weft_sql_text_at(sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}
