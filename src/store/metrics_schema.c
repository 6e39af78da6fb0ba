/* SPDX-License-Identifier: MIT
 *
 * A new database gets its tables at once; migrations are for those that older wefts made.
 * Views are the public interface and cheap to make: they are dropped and made again with every new schema version. */
#include "store/metrics_schema.h"

#include "core/text.h"
#include "store/sql_text.h"

static int64_t newest_version(void) {
    int64_t count = 0;
    while (weft_sql_migrations[count].name != NULL)
        count++;
    return count;
}

bool weft_metrics_schema_is_older(const weft_database *database) {
    int64_t version = newest_version();
    return weft_database_number(database, "pragma user_version", &version, NULL) == WEFT_OK &&
           version < newest_version();
}

static weft_status made_by_newer(const weft_database *database, int64_t version, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_DATA, "%s: made by a newer weft (schema %lld, this one knows %lld)",
                          database->path, (long long)version, (long long)newest_version());
}

weft_status weft_metrics_schema_check(const weft_database *database, weft_error *err) {
    int64_t id = 0, version = 0;
    weft_status status = weft_database_number(database, "pragma application_id", &id, err);
    if (status == WEFT_OK && id != WEFT_METRICS_APPLICATION_ID)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: not a metrics database of weft", database->path);
    if (status == WEFT_OK) status = weft_database_number(database, "pragma user_version", &version, err);
    if (status == WEFT_OK && version > newest_version()) status = made_by_newer(database, version, err);
    return status;
}

static void add_all(weft_text *script, const weft_sql_text *parts) {
    for (; parts->name != NULL; parts++)
        weft_text_add(script, "%s\n", parts->sql);
}

/* From version `from`, 0 being an empty database. All in one transaction: another weft that opens the same file sees
 * all of it or nothing. */
static weft_status migrate(const weft_database *database, int64_t from, weft_error *err) {
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
    weft_status status = script.failed
                             ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its schema", database->path)
                             : weft_database_execute(database, script.data, err);
    weft_text_dispose(&script);
    return status;
}

weft_status weft_metrics_schema_apply(const weft_database *database, weft_error *err) {
    int64_t version = 0, id = 0, tables = 0;
    weft_status status = weft_database_execute(database, "begin immediate", err);
    if (status != WEFT_OK) return status;
    status = weft_database_number(database, "pragma user_version", &version, err);
    if (status == WEFT_OK) status = weft_database_number(database, "pragma application_id", &id, err);
    if (status == WEFT_OK) status = weft_database_number(database, "select count(*) from sqlite_schema", &tables, err);
    if (status == WEFT_OK && id != WEFT_METRICS_APPLICATION_ID && tables > 0)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: holds tables that are not weft's", database->path);
    if (status == WEFT_OK && version > newest_version()) status = made_by_newer(database, version, err);
    if (status == WEFT_OK && version < newest_version()) status = migrate(database, version, err);
    if (status == WEFT_OK) status = weft_database_execute(database, "commit", err);
    if (status != WEFT_OK) (void)weft_database_execute(database, "rollback", NULL);
    return status;
}
