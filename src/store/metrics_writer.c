/* SPDX-License-Identifier: MIT
 *
 * Statements are prepared once. A database that is busy is waited for half a second, then left to the caller, who has
 * more patience. */
#include "store/metrics_writer.h"

#include "store/database_file.h"
#include "store/metrics_schema.h"
#include "store/sql_trouble.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN_BUSY_MS 50 /* while it is opened: a run may be waiting */
#define BUSY_MS      500

typedef enum statement_id {
    BEGIN,
    COMMIT,
    ROLLBACK,
    EXPERIMENT,
    SAMPLE,
    ALERT,
    ADAPTATION,
    STAGE,
    POOL,
    OPERATION,
    EVENT,
    END,
    STATEMENT_COUNT
} statement_id;

static const char *const statement_sql[STATEMENT_COUNT] = {
    [BEGIN] = "begin immediate",
    [COMMIT] = "commit",
    [ROLLBACK] = "rollback",
    [EXPERIMENT] = "insert into experiments (experiment_id, started_ms, config_file, config_text, weft_version, mode, "
                   "limit_bytes, threads, grid_cols, grid_rows, layers) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SAMPLE] = "insert into memory_samples (run_id, sampled_ms, stage, operation, resident_bytes, "
               "anonymous_bytes, ledger_bytes, usage_percent, system_percent, probe) "
               "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [ALERT] = "insert into memory_alerts (run_id, alerted_ms, level, usage_percent, probe, stage, resident_bytes, "
              "limit_bytes) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [ADAPTATION] = "insert into memory_adaptations (run_id, adapted_ms, stage, parameter, old_value, new_value, "
                   "level, usage_percent, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STAGE] = "insert into stage_results (run_id, stage, started_ms, seconds, items, average_bytes, peak_bytes, "
              "status) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [POOL] = "insert into pool_stats (run_id, pool, created, acquired, released, reused, in_use, available) "
             "values (?, ?, ?, ?, ?, ?, ?, ?)",
    [OPERATION] = "insert into operation_stats (run_id, stage, operation, calls, seconds, longest_seconds) "
                  "values (?, ?, ?, ?, ?, ?)",
    [EVENT] = "insert into run_events (run_id, happened_ms, kind, subject, count, detail) values (?, ?, ?, ?, ?, ?)",
    [END] = "update experiments set ended_ms = ?, status = ?, message = ?, output_rows = ?, peak_bytes = ? "
            "where run_id = ?",
};

struct weft_metrics_writer {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *path;
    int64_t run_id; /* of the run that was begun last; 0: none */
};

static weft_status failed(weft_metrics_writer *writer, weft_error *err) {
    return weft_metrics_schema_failed(writer->database, writer->path, err);
}

weft_status weft_metrics_writer_open(weft_metrics_writer **out, const char *path, const weft_cancel *cancel,
                                     weft_error *err) {
    weft_metrics_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL || (writer->path = strdup(path)) == NULL) {
        free(writer);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    }
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    /* Of a file that may not be written SQLite would leave files beside it that may not be written either. */
    if (status == WEFT_OK && access(path, W_OK) != 0 && errno != ENOENT)
        status = weft_error_set_errno(err, errno, "%s: cannot be written", path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (status == WEFT_OK && sqlite3_open_v2(path, &writer->database, flags, NULL) != SQLITE_OK)
        status = failed(writer, err);
    if (status == WEFT_OK) {
        sqlite3_busy_timeout(writer->database, OPEN_BUSY_MS);
        /* A cache of 512 KiB: rows are only ever added. WAL lets `weft memory` read while a run writes. */
        if (sqlite3_exec(writer->database,
                         "pragma foreign_keys = off; pragma cache_size = -512; pragma journal_mode = wal; "
                         "pragma synchronous = normal",
                         NULL, NULL, NULL) != SQLITE_OK)
            status = failed(writer, err);
    }
    if (status == WEFT_OK) weft_sql_heed(writer->database, cancel);
    if (status == WEFT_OK) status = weft_metrics_schema_apply(writer->database, path, err);
    if (status != WEFT_OK && weft_cancel_check(cancel, NULL) != WEFT_OK) status = weft_cancel_check(cancel, err);
    /* What a run that was stopped records is written. */
    if (writer->database != NULL) sqlite3_progress_handler(writer->database, 0, NULL, NULL);
    if (status == WEFT_OK && sqlite3_exec(writer->database, "pragma foreign_keys = on", NULL, NULL, NULL) != SQLITE_OK)
        status = failed(writer, err);
    for (int i = 0; i < STATEMENT_COUNT && status == WEFT_OK; i++)
        if (sqlite3_prepare_v3(writer->database, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &writer->statements[i], NULL) != SQLITE_OK)
            status = failed(writer, err);
    if (status != WEFT_OK) {
        weft_metrics_writer_close(writer);
        return status;
    }
    sqlite3_busy_timeout(writer->database, BUSY_MS);
    *out = writer;
    return WEFT_OK;
}

void weft_metrics_writer_close(weft_metrics_writer *writer) {
    if (writer == NULL) return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(writer->statements[i]);
    sqlite3_close(writer->database);
    free(writer->path);
    free(writer);
}

/* --- binding: columns one after the other --- */

typedef struct row {
    sqlite3_stmt *statement;
    int next;
} row;

static row start(weft_metrics_writer *writer, statement_id id) {
    return (row){writer->statements[id], 1};
}

static void put_int(row *to, int64_t value) {
    sqlite3_bind_int64(to->statement, to->next++, value);
}

static void put_real(row *to, double value) {
    if (isnan(value))
        sqlite3_bind_null(to->statement, to->next++);
    else
        sqlite3_bind_double(to->statement, to->next++, value);
}

/* The text outlives the step. */
static void put_text(row *to, const char *value) {
    if (value == NULL)
        sqlite3_bind_null(to->statement, to->next++);
    else
        sqlite3_bind_text(to->statement, to->next++, value, -1, SQLITE_STATIC);
}

static bool finish(const row *done) {
    bool ok = sqlite3_step(done->statement) == SQLITE_DONE;
    sqlite3_reset(done->statement);
    sqlite3_clear_bindings(done->statement);
    return ok;
}

/* --- one record --- */

static bool write_begin(weft_metrics_writer *writer, const weft_experiment_record *begin) {
    row to = start(writer, EXPERIMENT);
    put_text(&to, begin->experiment_id);
    put_int(&to, begin->started_ms);
    put_text(&to, begin->config_file);
    put_text(&to, begin->config_text);
    put_text(&to, begin->weft_version);
    put_text(&to, begin->mode);
    put_int(&to, begin->limit_bytes);
    put_int(&to, begin->threads);
    put_int(&to, begin->grid_cols);
    put_int(&to, begin->grid_rows);
    put_int(&to, begin->layers);
    if (!finish(&to)) return false;
    writer->run_id = sqlite3_last_insert_rowid(writer->database);
    return true;
}

static bool write_sample(weft_metrics_writer *writer, const weft_sample_record *sample) {
    row to = start(writer, SAMPLE);
    put_int(&to, writer->run_id);
    put_int(&to, sample->wall_ms);
    put_text(&to, weft_stage_name(sample->stage));
    put_text(&to, weft_operation_name(sample->operation));
    put_int(&to, sample->resident_bytes);
    put_int(&to, sample->anonymous_bytes);
    put_int(&to, sample->ledger_bytes);
    put_real(&to, sample->usage_percent);
    put_real(&to, sample->system_percent);
    put_text(&to, sample->probe);
    return finish(&to);
}

static bool write_alert(weft_metrics_writer *writer, const weft_alert_record *alert) {
    row to = start(writer, ALERT);
    put_int(&to, writer->run_id);
    put_int(&to, alert->wall_ms);
    put_text(&to, weft_pressure_level_name(alert->level));
    put_real(&to, alert->usage_percent);
    put_text(&to, alert->probe);
    put_text(&to, weft_stage_name(alert->stage));
    put_int(&to, alert->resident_bytes);
    put_int(&to, alert->limit_bytes);
    return finish(&to);
}

static bool write_adaptation(weft_metrics_writer *writer, int64_t wall_ms, const weft_adaptation *adaptation) {
    row to = start(writer, ADAPTATION);
    put_int(&to, writer->run_id);
    put_int(&to, wall_ms);
    put_text(&to, weft_stage_name(adaptation->stage));
    put_text(&to, adaptation->parameter);
    put_int(&to, adaptation->old_value);
    put_int(&to, adaptation->new_value);
    put_text(&to, weft_pressure_level_name(adaptation->level));
    put_real(&to, adaptation->usage_percent);
    put_text(&to, adaptation->reason);
    return finish(&to);
}

static bool write_stage(weft_metrics_writer *writer, const weft_stage_record *stage) {
    row to = start(writer, STAGE);
    put_int(&to, writer->run_id);
    put_text(&to, weft_stage_name(stage->stage));
    put_int(&to, stage->started_ms);
    put_real(&to, stage->seconds);
    put_int(&to, stage->items);
    put_real(&to, stage->average_bytes);
    put_int(&to, stage->peak_bytes);
    put_text(&to, weft_status_name(stage->status));
    return finish(&to);
}

static bool write_pool(weft_metrics_writer *writer, const weft_pool_record *pool) {
    row to = start(writer, POOL);
    put_int(&to, writer->run_id);
    put_text(&to, pool->pool);
    put_int(&to, pool->created);
    put_int(&to, pool->acquired);
    put_int(&to, pool->released);
    put_int(&to, pool->reused);
    put_int(&to, pool->in_use);
    put_int(&to, pool->available);
    return finish(&to);
}

static bool write_operation(weft_metrics_writer *writer, const weft_operation_record *operation) {
    row to = start(writer, OPERATION);
    put_int(&to, writer->run_id);
    put_text(&to, weft_stage_name(operation->stage));
    put_text(&to, weft_operation_name(operation->operation));
    put_int(&to, operation->calls);
    put_real(&to, operation->seconds);
    put_real(&to, operation->longest_seconds);
    return finish(&to);
}

static bool write_event(weft_metrics_writer *writer, int64_t wall_ms, const weft_event_record *event) {
    static const char *const kinds[] = {
        [WEFT_EVENT_RETRY] = "retry", [WEFT_EVENT_SKIP] = "skip", [WEFT_EVENT_FALLBACK] = "fallback"};
    row to = start(writer, EVENT);
    put_int(&to, writer->run_id);
    put_int(&to, wall_ms);
    put_text(&to, kinds[event->kind]);
    put_text(&to, event->subject);
    put_int(&to, event->count);
    put_text(&to, event->detail);
    return finish(&to);
}

static bool write_end(weft_metrics_writer *writer, int64_t wall_ms, const weft_end_record *end, const char *message) {
    row to = start(writer, END);
    put_int(&to, wall_ms);
    put_text(&to, weft_status_name(end->status));
    put_text(&to, message);
    put_int(&to, end->rows);
    put_int(&to, end->peak_bytes);
    put_int(&to, writer->run_id);
    return finish(&to);
}

static bool write_record(weft_metrics_writer *writer, const weft_record *record) {
    switch (record->kind) {
    case WEFT_RECORD_BEGIN:
        return write_begin(writer, &record->as.begin);
    case WEFT_RECORD_SAMPLE:
        return write_sample(writer, &record->as.sample);
    case WEFT_RECORD_ALERT:
        return write_alert(writer, &record->as.alert);
    case WEFT_RECORD_ADAPTATION:
        return write_adaptation(writer, record->wall_ms, &record->as.adaptation);
    case WEFT_RECORD_STAGE:
        return write_stage(writer, &record->as.stage);
    case WEFT_RECORD_POOL:
        return write_pool(writer, &record->as.pool);
    case WEFT_RECORD_OPERATION:
        return write_operation(writer, &record->as.operation);
    case WEFT_RECORD_EVENT:
        return write_event(writer, record->wall_ms, &record->as.event);
    case WEFT_RECORD_END:
        return write_end(writer, record->wall_ms, &record->as.end, record->text);
    }
    return false;
}

static bool run_plain(weft_metrics_writer *writer, statement_id id) {
    row plain = start(writer, id);
    return finish(&plain);
}

weft_status weft_metrics_writer_write(weft_metrics_writer *writer, const weft_record *records, int count,
                                      weft_error *err) {
    int64_t run_id = writer->run_id;
    bool ok = run_plain(writer, BEGIN);
    for (int i = 0; i < count && ok; i++)
        ok = write_record(writer, &records[i]);
    if (ok) ok = run_plain(writer, COMMIT);
    if (ok) return WEFT_OK;
    weft_status status = failed(writer, err);
    (void)run_plain(writer, ROLLBACK);
    writer->run_id = run_id;
    return status;
}
