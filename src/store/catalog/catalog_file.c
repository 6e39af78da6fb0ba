/* SPDX-License-Identifier: MIT
 *
 * WAL while it is written, so that others read meanwhile and a killed scan leaves all that was committed; a single file
 * again when the last one closes it. */
#include "store/catalog/catalog_file.h"

#include "core/files/real_path.h"
#include "core/log.h"
#include "core/text.h"
#include "store/catalog/catalog_condition.h"
#include "store/catalog/catalog_handle.h"
#include "store/catalog/footprint_blob.h"
#include "store/sql_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 5000
#define WAIT_NS 50000000 /* between two looks whether another has ended */
#define VERSION 2

void weft_catalog_bind_name(sqlite3_stmt *statement, int place, const char *name) {
    size_t length = strlen(name), at = 0;
    while (at < length) {
        size_t step = weft_text_utf8_length(name + at, length - at);
        if (step == 0) break;
        at += step;
    }
    if (at == length)
        (void)sqlite3_bind_text(statement, place, name, (int)length, SQLITE_STATIC);
    else
        (void)sqlite3_bind_blob(statement, place, name, (int)length, SQLITE_STATIC);
}

const char *weft_catalog_path(const weft_catalog *catalog) {
    return catalog->path;
}

static weft_status make(const weft_catalog *catalog, weft_error *err) {
    weft_status status = weft_database_execute(&catalog->database, "pragma page_size = 4096; begin immediate", err);
    for (const weft_sql_text *part = weft_sql_catalog; part->name != NULL && status == WEFT_OK; part++)
        status = weft_database_execute(&catalog->database, part->sql, err);
    if (status == WEFT_OK) status = weft_database_execute(&catalog->database, "commit", err);
    return status;
}

/* -1: it has no such table. */
static int64_t version_of(const weft_catalog *catalog) {
    sqlite3_stmt *statement = NULL;
    int64_t version = -1;
    if (sqlite3_prepare_v2(catalog->database.handle, "select version from weft_catalog", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return version;
}

static weft_status check(const weft_catalog *catalog, weft_error *err) {
    int64_t version = version_of(catalog);
    int code = sqlite3_errcode(catalog->database.handle) & 0xff;
    if (version > VERSION)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: made by a newer weft (version %lld, this one knows %d)",
                              catalog->path, (long long)version, VERSION);
    if (version == VERSION) return WEFT_OK;
    if (version > 0) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: made by an older weft", catalog->path);
        weft_error_hint(err, "remove it, then scan or import again");
        return WEFT_ERR_DATA;
    }
    if (code != SQLITE_OK && code != SQLITE_ERROR && code != SQLITE_DONE && code != SQLITE_ROW)
        return weft_database_failed(&catalog->database, err);
    weft_error_set(err, WEFT_ERR_DATA, "%s: not a catalog of weft", catalog->path);
    weft_error_hint(err, "weft catalog scan DIR --catalog FILE makes one; weft catalog import takes other indexes");
    return WEFT_ERR_DATA;
}

static weft_status open_database(weft_catalog *catalog, weft_catalog_mode mode, bool is_new, weft_error *err) {
    int flags = mode == WEFT_CATALOG_READ
                    ? SQLITE_OPEN_READONLY
                    : SQLITE_OPEN_READWRITE | (mode == WEFT_CATALOG_MAKE ? SQLITE_OPEN_CREATE : 0);
    weft_status status = weft_database_open(&catalog->database, catalog->path, flags, BUSY_MS, WEFT_ERR_BUSY, err);
    if (status != WEFT_OK) return status;
    if (weft_footprint_blob_add_functions(catalog->database.handle) != SQLITE_OK ||
        weft_catalog_condition_add_functions(catalog->database.handle) != SQLITE_OK)
        return weft_database_failed(&catalog->database, err);
    status = is_new ? make(catalog, err) : check(catalog, err);
    if (status == WEFT_OK && catalog->writes)
        status = weft_database_execute(
            &catalog->database, "pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -8192",
            err);
    return status;
}

/* Two that scan at once would both make what is not there yet. Without a lock (in a folder that may not be written, on a
 * file system that has none) SQLite's own locks say whether it can be written. */
static weft_status take_turn(weft_file_lock **turn, const char *path, const weft_cancel *cancel, weft_error *err) {
    char *real = weft_real_path(path), *name = real != NULL ? strrchr(real, '/') : NULL;
    char *lock = name != NULL ? weft_text_format("%.*s/.%s.lock", (int)(name - real), real, name + 1) : NULL;
    weft_status status = lock == NULL ? weft_error_no_memory(err, "the catalog's lock") : WEFT_OK;
    bool told = false;
    while (status == WEFT_OK) {
        int64_t holder;
        if (weft_file_lock_take(turn, lock, &holder, NULL) != WEFT_ERR_BUSY) break;
        if (!told)
            weft_log(WEFT_LOG_INFO, "%s: process %lld writes it: waits until it has ended", path, (long long)holder);
        told = true;
        (void)nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
        status = weft_cancel_check_next(cancel, err);
    }
    free(lock);
    free(real);
    return status;
}

static weft_status check_path(const char *path, weft_catalog_mode mode, bool *is_new, weft_error *err) {
    struct stat info;
    bool is_there = stat(path, &info) == 0;
    *is_new = !is_there || info.st_size == 0;
    if (!is_there && (errno != ENOENT || mode != WEFT_CATALOG_MAKE)) {
        weft_status status = weft_error_set_errno(err, errno, "%s", path);
        if (status == WEFT_ERR_NO_INPUT)
            weft_error_hint(err, "weft catalog scan DIR --catalog %s makes a catalog", path);
        return status;
    }
    return !is_there || S_ISREG(info.st_mode) ? WEFT_OK : weft_error_set(err, WEFT_ERR_DATA, "%s: not a file", path);
}

weft_status weft_catalog_open(weft_catalog **out, const char *path, weft_catalog_mode mode, const weft_cancel *cancel,
                              weft_error *err) {
    bool is_new = false;
    *out = NULL;
    weft_catalog *catalog = calloc(1, sizeof *catalog);
    if (catalog != NULL) catalog->path = weft_text_format("%s", path);
    if (catalog == NULL || catalog->path == NULL) {
        free(catalog);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    }
    catalog->writes = mode != WEFT_CATALOG_READ;
    weft_status status = check_path(path, mode, &is_new, err);
    if (status == WEFT_OK && catalog->writes) {
        status = take_turn(&catalog->turn, path, cancel, err);
        if (status == WEFT_OK) status = check_path(path, mode, &is_new, err);
    }
    if (status == WEFT_OK) status = open_database(catalog, mode, is_new, err);
    if (status == WEFT_OK)
        *out = catalog;
    else
        weft_catalog_close(catalog);
    return status;
}

void weft_catalog_close(weft_catalog *catalog) {
    if (catalog == NULL) return;
    for (int i = 0; i < WEFT_CATALOG_STATEMENTS; i++)
        (void)sqlite3_finalize(catalog->statements[i]);
    if (catalog->in_transaction) (void)sqlite3_exec(catalog->database.handle, "rollback", NULL, NULL, NULL);
    /* Fails while somebody else reads; then the log stays beside the file, which is as good. */
    if (catalog->writes && catalog->database.handle != NULL) {
        sqlite3_busy_timeout(catalog->database.handle, 0);
        (void)sqlite3_exec(catalog->database.handle, "pragma journal_mode = delete", NULL, NULL, NULL);
    }
    /* Not by weft_database_close(), which ends all statements: the R*Tree has some of its own. */
    (void)sqlite3_close(catalog->database.handle);
    catalog->database.handle = NULL;
    weft_database_close(&catalog->database);
    weft_file_lock_release(catalog->turn);
    free(catalog->crs_wkt);
    free(catalog->path);
    free(catalog);
}

weft_status weft_catalog_use_pattern(weft_catalog *catalog, const char *pattern, char **out, weft_error *err) {
    /* A time that no file has makes it a changed one. */
    static const char forget[] = "update weft_files set changed_ns = -1 where (select pattern is not ?1 from "
                                 "weft_catalog)";
    const weft_database *database = &catalog->database;
    sqlite3_stmt *statement = NULL;
    weft_status status = WEFT_OK;
    *out = NULL;
    if (pattern != NULL) {
        status = weft_database_run(database, forget, WEFT_SQL_VALUES(weft_sql_string(pattern)), err);
        if (status == WEFT_OK)
            status = weft_database_run(database, "update weft_catalog set pattern = ?",
                                       WEFT_SQL_VALUES(weft_sql_string(pattern)), err);
    }
    if (status == WEFT_OK)
        status = weft_database_prepare(database, &statement,
                                       "select pattern from weft_catalog where pattern is not null", err);
    if (status == WEFT_OK && sqlite3_step(statement) == SQLITE_ROW) {
        *out = weft_text_format("%s", weft_sql_text_at(statement, 0));
        if (*out == NULL) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its pattern", catalog->path);
    }
    (void)sqlite3_finalize(statement);
    return status;
}
