/* Whether what SQLite failed with may be over a moment later. Beside its codes SQLite keeps the errno of the call that
 * failed under it; where it has none, an I/O error is one of reading or writing the medium.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SQL_TROUBLE_H
#define WEFT_STORE_SQL_TROUBLE_H

#include "core/retry.h"

#include <sqlite3.h>

/* Of the last call on `database`, which failed. A full disk, and what is forbidden, do not pass. */
static inline bool weft_sql_trouble_may_pass(sqlite3 *database) {
    int code = sqlite3_errcode(database) & 0xff, reason = sqlite3_system_errno(database);
    if (code == SQLITE_BUSY) return true;
    if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN) return false;
    return reason != 0 ? weft_retry_may_help(reason) : code == SQLITE_IOERR;
}

#endif
