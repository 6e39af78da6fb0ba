/* Between the files of this folder only: whose database a file is, before SQLite opens it.
 *
 * Opening alone may change a database that is another program's: a run switches it to WAL, and a reader of one in WAL
 * makes files beside it. So the file's header is read first, and nothing that is not weft's is opened.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_DATABASE_FILE_H
#define WEFT_STORE_DATABASE_FILE_H

#include "core/status.h"

#include <stdint.h>

/* Whether weft may open the file at `path` with SQLite: it is not there, or empty, or a database without a table, or
 * one of `application_id`. what: "a metrics database", for the message. Any thread. Errors: WEFT_ERR_DATA (another
 * program's, or no database at all), WEFT_ERR_IO (a link, a folder, a pipe, a device; it cannot be read),
 * WEFT_ERR_PERMISSION. */
weft_status weft_database_file_check(const char *path, int64_t application_id, const char *what, weft_error *err);

/* Notes a file that this process has open with SQLite, until it is forgotten: it was looked at, and is not opened
 * another time. Whoever closes a file gives up all locks that the process has of it (POSIX), SQLite's too, and another
 * process may then take the log away that is still being written. Any thread.
 *
 * path  absolute, without links; borrowed until then */
void weft_database_file_note(const char *path);
void weft_database_file_forget(const char *path);

#endif
