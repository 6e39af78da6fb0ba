/* SPDX-License-Identifier: MIT
 *
 * A run may have a million samples: they go a few thousand a transaction, so that the log stays small and nobody waits
 * long. The run's own row is the last to go; what is left of a run half pruned is found by it. */
#include "store/metrics_prune.h"

#include "core/clock.h"
#include "store/database_file.h"
#include "store/metrics_schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#define BUSY_MS 500
/* What says that it is running for a year longer than it was to be kept was killed. */
#define OLD_SQL                                                                                                        \
    "select min(run_id) from experiments where started_ms < ?1 and (ended_ms is not null or started_ms < ?1 - "        \
    "31536000000)"

/* The tables with many rows a run; the others' go with the run's own. */
static const char *const steps[] = {
    "delete from memory_samples where id in (select id from memory_samples where run_id = ?1 limit 4000)",
    "delete from chunk_times where id in (select id from chunk_times where run_id = ?1 limit 4000)",
};

typedef struct pruning {
    weft_database database;
    int64_t deadline_ns; /* 0: none */
    bool late;
} pruning;

/* One statement with one number: its first result, or how many rows it changed. */
static weft_status run_once(pruning *self, const char *sql, int64_t number, int64_t *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = weft_database_prepare(&self->database, &statement, sql, err);
    if (status != WEFT_OK) return status;
    weft_sql_bind(statement, 1, WEFT_SQL_VALUES(weft_sql_integer(number)));
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    else if (code == SQLITE_DONE)
        *out = sqlite3_changes(self->database.handle);
    else
        status = weft_database_failed(&self->database, err);
    (void)sqlite3_finalize(statement);
    return status;
}

static bool is_late(pruning *self) {
    self->late = self->deadline_ns > 0 && weft_clock_monotonic_ns() > self->deadline_ns;
    return self->late;
}

static weft_status prune_run(pruning *self, int64_t run_id, weft_error *err) {
    weft_status status = WEFT_OK;
    int64_t changed = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == WEFT_OK && !self->late; i++) {
        do
            status = run_once(self, steps[i], run_id, &changed, err);
        while (status == WEFT_OK && changed > 0 && !is_late(self));
    }
    if (status != WEFT_OK || self->late) return status;
    return run_once(self, "delete from experiments where run_id = ?1", run_id, &changed, err);
}

static weft_status open_database(weft_database *database, const char *path, weft_error *err) {
    if (access(path, F_OK) != 0)
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such metrics database", path);
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    if (status == WEFT_OK && access(path, W_OK) != 0)
        status = weft_error_set_errno(err, errno, "%s: cannot be written", path);
    if (status == WEFT_OK)
        status = weft_database_open(database, path, SQLITE_OPEN_READWRITE, BUSY_MS, WEFT_ERR_BUSY, err);
    if (status == WEFT_OK) status = weft_metrics_schema_check(database, err);
    if (status == WEFT_OK && weft_metrics_schema_is_older(database)) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: made by an older weft", path);
        weft_error_hint(err, "the next run that writes to it brings it up to date");
    }
    if (status == WEFT_OK)
        status = weft_database_execute(
            database, "pragma foreign_keys = on; pragma cache_size = -512; pragma synchronous = normal", err);
    return status;
}

weft_status weft_metrics_prune(const char *path, int64_t before_ms, int64_t budget_ms, int64_t *runs, weft_error *err) {
    pruning self = {0};
    int64_t run_id = 0, count = 0;
    if (budget_ms > 0) self.deadline_ns = weft_clock_monotonic_ns() + budget_ms * 1000000;
    weft_status status = open_database(&self.database, path, err);
    while (status == WEFT_OK && !self.late) {
        status = run_once(&self, OLD_SQL, before_ms, &run_id, err);
        if (status != WEFT_OK || run_id == 0) break;
        status = prune_run(&self, run_id, err);
        count += status == WEFT_OK && !self.late;
    }
    weft_database_close(&self.database);
    if (runs != NULL) *runs = count;
    return status;
}
