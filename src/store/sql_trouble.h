/* Whether what SQLite failed with may be over a moment later. Beside its codes SQLite keeps an errno, which is not
 * always that of the call that failed: after a file that could not be opened it has looked at others. So what is known
 * to last is told apart, and all else may pass.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SQL_TROUBLE_H
#define WEFT_STORE_SQL_TROUBLE_H

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>

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
