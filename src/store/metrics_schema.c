/* SPDX-License-Identifier: MIT
 *
 * A new database gets its tables at once; migrations are for those that older wefts made.
 * Views are the public interface and cheap to make: they are dropped and made again with every new schema version. */
#include "store/metrics_schema.h"

#include "core/text.h"
#include "store/sql_text.h"
#include "store/sql_trouble.h"

#include <stdlib.h>

weft_status weft_metrics_schema_failed(sqlite3 *database, const char *path, weft_error *err) {
    int code = sqlite3_errcode(database) & 0xff;
    weft_status status = WEFT_ERR_IO;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL) status = WEFT_ERR_BUSY;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) status = WEFT_ERR_DATA;
    if (code == SQLITE_NOMEM) status = WEFT_ERR_MEMORY;
    if (weft_sql_trouble_is_permission(database)) status = WEFT_ERR_PERMISSION;
    return weft_error_set(err, status, "%s: %s", path, sqlite3_errmsg(database));
}

static weft_status pragma(sqlite3 *database, const char *path, const char *sql, int64_t *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    bool ok =
        sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (ok) *out = sqlite3_column_int64(statement, 0);
    weft_status status = ok ? WEFT_OK : weft_metrics_schema_failed(database, path, err);
    sqlite3_finalize(statement);
    return status;
}

static int64_t newest_version(void) {
    int64_t count = 0;
    while (weft_sql_migrations[count].name != NULL)
        count++;
    return count;
}

bool weft_metrics_schema_is_older(sqlite3 *database) {
    int64_t version = newest_version();
    return pragma(database, "", "pragma user_version", &version, NULL) == WEFT_OK && version < newest_version();
}

weft_status weft_metrics_schema_check(sqlite3 *database, const char *path, weft_error *err) {
    int64_t id = 0;
    weft_status status = pragma(database, path, "pragma application_id", &id, err);
    if (status != WEFT_OK || id == WEFT_METRICS_APPLICATION_ID) return status;
    return weft_error_set(err, WEFT_ERR_DATA, "%s: not a metrics database of weft", path);
}

static void add_all(weft_text *script, const weft_sql_text *parts) {
    for (; parts->name != NULL; parts++)
        weft_text_add(script, "%s\n", parts->sql);
}

/* From version `from`, 0 being an empty database. All in one transaction: another weft that opens the same file sees
 * all of it or nothing. */
static weft_status migrate(sqlite3 *database, const char *path, int64_t from, weft_error *err) {
    weft_text script = {0};
    if (from == 0) {
        add_all(&script, weft_sql_schema);
    } else {
        /* Tables are not renamed while views name them. */
        for (const weft_sql_text *view = weft_sql_views; view->name != NULL; view++)
            weft_text_add(&script, "drop view if exists %s;\n", view->name);
        add_all(&script, weft_sql_migrations + from);
    }
    add_all(&script, weft_sql_views);
    weft_text_add(&script, "pragma application_id = %d;\npragma user_version = %lld;\n", WEFT_METRICS_APPLICATION_ID,
                  (long long)newest_version());
    weft_status status = WEFT_OK;
    if (script.failed) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its schema", path);
    if (status == WEFT_OK && sqlite3_exec(database, script.data, NULL, NULL, NULL) != SQLITE_OK)
        status = weft_metrics_schema_failed(database, path, err);
    weft_text_dispose(&script);
    return status;
}

weft_status weft_metrics_schema_apply(sqlite3 *database, const char *path, weft_error *err) {
    int64_t version = 0, id = 0, tables = 0;
    if (sqlite3_exec(database, "begin immediate", NULL, NULL, NULL) != SQLITE_OK)
        return weft_metrics_schema_failed(database, path, err);
    weft_status status = pragma(database, path, "pragma user_version", &version, err);
    if (status == WEFT_OK) status = pragma(database, path, "pragma application_id", &id, err);
    if (status == WEFT_OK) status = pragma(database, path, "select count(*) from sqlite_schema", &tables, err);
    if (status == WEFT_OK && id != WEFT_METRICS_APPLICATION_ID && tables > 0)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: holds tables that are not weft's", path);
    if (status == WEFT_OK && version > newest_version())
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: made by a newer weft (schema %lld, this one knows %lld)", path,
                                (long long)version, (long long)newest_version());
    if (status == WEFT_OK && version < newest_version()) status = migrate(database, path, version, err);
    if (status == WEFT_OK && sqlite3_exec(database, "commit", NULL, NULL, NULL) != SQLITE_OK)
        status = weft_metrics_schema_failed(database, path, err);
    if (status != WEFT_OK) (void)sqlite3_exec(database, "rollback", NULL, NULL, NULL);
    return status;
}
