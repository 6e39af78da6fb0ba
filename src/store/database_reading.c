/* SPDX-License-Identifier: MIT
 *
 * Looking at a database never makes or changes one: neither the file nor those beside it. In WAL mode SQLite makes a log
 * and an index beside the file when it reads, and the last that closes the file takes them away again, but only where it
 * may write. So a database at rest is opened for writing, with no statement that writes allowed; one with a log is being
 * written to, or its run was killed, and is opened for reading alone, so that closing it leaves the log as it is. */
#include "store/database_reading.h"

#include "core/text.h"
#include "store/database_file.h"
#include "store/metrics_schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whether the file beside it is there that holds what was written last. An empty one holds nothing: whoever could not
 * make the index beside it on a full disk has left it. */
static bool has_log(const char *path) {
    struct stat info = {0};
    char *log = weft_text_format("%s-wal", path);
    bool has = log == NULL || (stat(log, &info) == 0 && info.st_size > 0);
    free(log);
    return has;
}

/* Opens it once more, as one that nobody changes. */
static weft_status open_at_rest(weft_database *database, weft_error *err) {
    weft_text uri = {0};
    weft_text_add(&uri, "file:");
    for (const char *at = database->path; *at != '\0'; at++) {
        if (strchr("%?#", *at) != NULL)
            weft_text_add(&uri, "%%%02X", (unsigned char)*at);
        else
            weft_text_add_bytes(&uri, at, 1);
    }
    weft_text_add(&uri, "?immutable=1");
    if (database->open_path != NULL) weft_database_file_forget(database->open_path);
    database->open_path = NULL;
    (void)sqlite3_close(database->handle);
    database->handle = NULL;
    weft_status status = WEFT_OK;
    if (uri.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", database->path);
    else if (sqlite3_open_v2(uri.data, &database->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
        status = weft_database_failed(database, err);
    weft_text_dispose(&uri);
    return status;
}

weft_status weft_metrics_open_reading(weft_database *out, const char *path, int busy_ms, weft_error *err) {
    struct stat info = {0};
    if (stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such metrics database", path);
    if (S_ISDIR(info.st_mode)) return weft_error_set(err, WEFT_ERR_DATA, "%s: a folder, not a metrics database", path);
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    bool log_was_there = has_log(path);
    int flags = log_was_there ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (status == WEFT_OK) status = weft_database_open(out, path, flags, busy_ms, WEFT_ERR_BUSY, err);
    if (status != WEFT_OK) return status;
    (void)sqlite3_exec(out->handle, "pragma query_only = on", NULL, NULL, NULL);
    /* A database in WAL mode, where SQLite can neither find nor make the files beside it: the folder may not be written,
     * or the disk is full, of which SQLite says "disk I/O error". */
    int code = sqlite3_exec(out->handle, "select 1 from sqlite_schema limit 1", NULL, NULL, NULL);
    bool lacks_files =
        code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_IOERR || code == SQLITE_FULL;
    if (!lacks_files) return weft_metrics_schema_check(out, err);
    if (log_was_there) {
        status = weft_database_failed(out, err);
        weft_error_hint(err, "%s-wal holds the latest records: copy both to a folder that can be written", path);
        return status;
    }
    status = open_at_rest(out, err);
    return status == WEFT_OK ? weft_metrics_schema_check(out, err) : status;
}
