/* SPDX-License-Identifier: MIT
 *
 * A new database gets its tables at once; migrations are for those that older wefts made.
 * Views are the public interface and cheap to make: they are dropped and made again with every new schema version. From
 * each v_NAME_all_runs follows v_NAME: the latest run of each experiment, without its number. */
#include "store/metrics_schema.h"

#include "core/text.h"
#include "store/sql_text.h"

#include <string.h>

#define ALL_RUNS "_all_runs" /* what such a view's name ends in */

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

/* A database in which nothing is may be of a run that begins at this moment: it is as good as none. */
static weft_status check_begun(const weft_database *database, weft_error *err) {
    int64_t tables = 0;
    weft_status status = weft_database_number(database, "select count(*) from sqlite_schema", &tables, err);
    if (status != WEFT_OK || tables > 0) return status;
    return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is nothing in this database yet", database->path);
}

weft_status weft_metrics_schema_check(const weft_database *database, weft_error *err) {
    int64_t id = 0, version = 0;
    weft_status status = weft_database_number(database, "pragma application_id", &id, err);
    if (status == WEFT_OK && id == 0) status = check_begun(database, err);
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

static weft_status execute_script(const weft_database *database, const weft_text *script, weft_error *err) {
    if (script->failed) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its schema", database->path);
    return weft_database_execute(database, script->data, err);
}

/* What makes, of the view ?1 of all runs, that of the latest ones. */
static const char make_latest[] =
    "select 'create view ' || substr(?1, 1, length(?1) - length('" ALL_RUNS "')) || ' as select ' || "
    "group_concat(name, ', ') || ' from ' || ?1 || ' where run_id in (select max(run_id) from experiments group by "
    "experiment_id)' from (select name from pragma_table_info(?1) where name <> 'run_id' order by cid)";

static weft_status make_latest_views(const weft_database *database, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_text script = {0};
    weft_status status = weft_database_prepare(database, &statement, make_latest, err);
    for (const weft_sql_text *view = weft_sql_views; view->name != NULL && status == WEFT_OK; view++) {
        if (strstr(view->name, ALL_RUNS) == NULL) continue;
        weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_string(view->name)));
        if (sqlite3_step(statement) == SQLITE_ROW)
            weft_text_add(&script, "%s;\n", weft_sql_text_at(statement, 0));
        else
            status = weft_database_failed(database, err);
        weft_sql_end(statement);
    }
    sqlite3_finalize(statement);
    if (status == WEFT_OK) status = execute_script(database, &script, err);
    weft_text_dispose(&script);
    return status;
}

/* From version `from`, 0 being an empty database. All in one transaction: another weft that opens the same file sees
 * all of it or nothing. */
static weft_status migrate(const weft_database *database, int64_t from, weft_error *err) {
    weft_text script = {0};
    if (from == 0) {
        add_all(&script, weft_sql_schema);
    } else {
        /* Tables are not renamed while views name them. */
        for (const weft_sql_text *view = weft_sql_views; view->name != NULL; view++) {
            const char *end = strstr(view->name, ALL_RUNS);
            weft_text_add(&script, "drop view if exists %s;\n", view->name);
            if (end != NULL) weft_text_add(&script, "drop view if exists %.*s;\n", (int)(end - view->name), view->name);
        }
        add_all(&script, weft_sql_migrations + from);
    }
    add_all(&script, weft_sql_views);
    weft_text_add(&script, "pragma application_id = %d;\npragma user_version = %lld;\n", WEFT_METRICS_APPLICATION_ID,
                  (long long)newest_version());
    weft_status status = execute_script(database, &script, err);
    weft_text_dispose(&script);
    return status == WEFT_OK ? make_latest_views(database, err) : status;
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
