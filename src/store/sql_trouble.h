/* Whether what SQLite failed with may be over a moment later. Beside its codes SQLite keeps an errno, which is not
 * always that of the call that failed: after a file that could not be opened it has looked at others. So what is known
 * to last is told apart, and all else may pass.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SQL_TROUBLE_H
#define WEFT_STORE_SQL_TROUBLE_H

#include "core/cancel.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>

#define WEFT_SQL_STEPS_A_LOOK 10000 /* of SQLite's machine: a millisecond or less */

static inline int weft_sql_is_cancelled(void *cancel) {
    return weft_cancel_check((const weft_cancel *)cancel, NULL) != WEFT_OK;
}

/* Statements on `database` look at `cancel` while they run, and end with SQLITE_INTERRUPT. NULL: nobody asks. */
static inline void weft_sql_set_cancel(sqlite3 *database, const weft_cancel *cancel) {
    if (cancel != NULL)
        sqlite3_progress_handler(database, WEFT_SQL_STEPS_A_LOOK, weft_sql_is_cancelled, (void *)cancel);
}

/* Of the last call on `database`: whether what it failed with is a permission that lacks. */
static inline bool weft_sql_trouble_is_permission(sqlite3 *database) {
    int code = sqlite3_errcode(database) & 0xff, reason = sqlite3_system_errno(database);
    if (code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_AUTH) return true;
    return (code == SQLITE_CANTOPEN || code == SQLITE_IOERR) && (reason == EACCES || reason == EPERM);
}

/* Of the last call on `database`, which failed. A full disk, and what is forbidden, do not pass. */
static inline bool weft_sql_trouble_may_pass(sqlite3 *database) {
    int code = sqlite3_errcode(database) & 0xff;
    if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN) return code == SQLITE_BUSY;
    switch (sqlite3_system_errno(database)) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EACCES:
    case EPERM:
    case EISDIR:
    case ENOTDIR:
        return false;
    default:
        return true;
    }
}

#endif
