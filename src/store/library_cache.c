/* SPDX-License-Identifier: MIT
 *
 * PROJ has no setting for it. SQLite calls an extension for every connection that is opened, whoever opens it. */
#include "store/library_cache.h"

#include <sqlite3.h>
#include <string.h>

static int limit_cache(sqlite3 *database, char **message, const struct sqlite3_api_routines *api) {
    const char *path = sqlite3_db_filename(database, "main"), *name = path == NULL ? NULL : strrchr(path, '/');
    (void)message;
    (void)api;
    if (name != NULL && strcmp(name, "/proj.db") == 0)
        (void)sqlite3_exec(database, "pragma cache_size = -256", NULL, NULL, NULL);
    return SQLITE_OK;
}

void weft_library_cache_limit(void) {
    (void)sqlite3_auto_extension((void (*)(void))limit_cache);
}
