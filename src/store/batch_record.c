/* SPDX-License-Identifier: MIT
 *
 * WAL: `sqlite3` and `weft` read while the batch writes. A done job is synced, a begun one is not: the pragma changes
 * between transactions. */
#include "store/batch_record.h"

#include "core/grown_array.h"
#include "core/text.h"
#include "store/database_file.h"
#include "store/database_reading.h"
#include "store/metrics_schema.h"
#include "store/sql_text.h"

#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000

/* What a transaction begins with, by whether it is on disk when it is over. */
#define BEGIN_SYNCED "pragma synchronous = full; begin immediate"
#define BEGIN_LAZY   "pragma synchronous = normal; begin immediate"

typedef enum statement_id {
    READ_JOB,
    READ_FILES,
    READ_HASH,
    READING_COUNT,
    START_JOB = READING_COUNT,
    END_JOB,
    ACCEPT_JOB,
    DROP_FILES,
    ADD_FILE,
    HASH_FILE,
    LINK_FILE,
    ADD_METRICS,
    STATEMENT_COUNT
} statement_id;

static const char *const statement_sql[STATEMENT_COUNT] = {
    [READ_JOB] = "select state, cause, identity, attempts, threads, granted_bytes, peak_bytes, adaptations, seconds, "
                 "updated_ms, accepted from batch_jobs where job = ?",
    [READ_FILES] = "select f.path, f.bytes, f.modified_ns, f.hash, j.role = 'output' from batch_job_files as j join "
                   "batch_files as f on f.id = j.file where j.job = ? order by j.role, f.path",
    [READ_HASH] = "select hash from batch_files where path = ? and bytes = ? and modified_ns = ?",
    [START_JOB] = "insert into batch_jobs (job, state, cause, identity, attempts, threads, granted_bytes, peak_bytes, "
                  "adaptations, seconds, updated_ms, accepted) values (?, 'running', '', ?, ?, ?, ?, 0, 0, 0, ?, 0) "
                  "on conflict (job) do update set state = 'running', cause = '', identity = excluded.identity, "
                  "attempts = excluded.attempts, threads = excluded.threads, granted_bytes = excluded.granted_bytes, "
                  "updated_ms = excluded.updated_ms, accepted = 0",
    [END_JOB] = "update batch_jobs set state = ?, cause = ?, peak_bytes = ?, adaptations = ?, seconds = ?, updated_ms "
                "= ? where job = ?",
    [ACCEPT_JOB] = "insert into batch_jobs (job, state, cause, identity, attempts, threads, granted_bytes, peak_bytes, "
                   "adaptations, seconds, updated_ms, accepted) values (?, 'done', 'accepted', ?, 0, 0, 0, 0, 0, 0, ?, "
                   "1) on conflict (job) do update set state = 'done', cause = 'accepted', identity = "
                   "excluded.identity, updated_ms = excluded.updated_ms, accepted = 1",
    [DROP_FILES] = "delete from batch_job_files where job = ?",
    [ADD_FILE] = "insert into batch_files (path, bytes, modified_ns, hash) values (?, ?, ?, ?) on conflict do nothing",
    [HASH_FILE] = "update batch_files set hash = ? where path = ? and bytes = ? and modified_ns = ? and hash <> ?",
    [LINK_FILE] = "insert into batch_job_files (job, role, file) select ?, ?, id from batch_files where path = ? and "
                  "bytes = ? and modified_ns = ? on conflict do nothing",
    [ADD_METRICS] = "insert into job_metrics (batch, job, attempt, started_ms, ended_ms, exit_code, signal, cause, "
                    "message, threads, granted_bytes, peak_bytes, cpu_seconds, output_rows, output_bytes, log) values "
                    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

struct weft_batch_record {
    weft_database database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

static const char *const outcome_names[] = {[WEFT_JOB_RUNNING] = "running",
                                            [WEFT_JOB_DONE] = "done",
                                            [WEFT_JOB_FAILED] = "failed",
                                            [WEFT_JOB_INTERRUPTED] = "interrupted"};

/* --- what is read --- */

bool weft_job_files_add(weft_job_files *files, const weft_job_file *file) {
    weft_job_file *more = weft_grown_array(files->items, files->count, &files->capacity, sizeof *more);
    if (more == NULL) return false;
    files->items = more;
    weft_job_file copy = *file;
    copy.path = strdup(file->path);
    if (copy.path == NULL) return false;
    files->items[files->count++] = copy;
    return true;
}

void weft_job_files_dispose(weft_job_files *files) {
    for (int i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (weft_job_files){0};
}

void weft_job_facts_dispose(weft_job_facts *facts) {
    free(facts->identity);
    *facts = (weft_job_facts){0};
}

/* --- opening --- */

static weft_status prepare(weft_batch_record *record, int count, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++)
        status = weft_database_prepare(&record->database, &record->statements[i], statement_sql[i], err);
    return status;
}

static weft_status open_for_reading(weft_batch_record *record, const char *path, weft_error *err) {
    weft_status status = weft_metrics_open_reading(&record->database, path, BUSY_MS, err);
    return status == WEFT_OK ? prepare(record, READING_COUNT, err) : status;
}

static weft_status open_database(weft_batch_record *record, const char *path, weft_error *err) {
    weft_database *database = &record->database;
    weft_status status = weft_database_file_check(path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    if (status == WEFT_OK)
        status =
            weft_database_open(database, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, BUSY_MS, WEFT_ERR_BUSY, err);
    if (status == WEFT_OK)
        status = weft_database_execute(
            database, "pragma foreign_keys = off; pragma cache_size = -2048; pragma journal_mode = wal", err);
    if (status == WEFT_OK) status = weft_metrics_schema_apply(database, err);
    for (const weft_sql_text *part = weft_sql_batch_record; part->name != NULL && status == WEFT_OK; part++)
        status = weft_database_execute(database, part->sql, err);
    /* What no job has any more. */
    if (status == WEFT_OK)
        status = weft_database_execute(
            database, "delete from batch_files where id not in (select file from batch_job_files)", err);
    return status == WEFT_OK ? prepare(record, STATEMENT_COUNT, err) : status;
}

static weft_status open_record(weft_batch_record **out, const char *path,
                               weft_status (*open)(weft_batch_record *record, const char *path, weft_error *err),
                               weft_error *err) {
    weft_batch_record *record = calloc(1, sizeof *record);
    *out = NULL;
    if (record == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    weft_status status = open(record, path, err);
    if (status == WEFT_OK)
        *out = record;
    else
        weft_batch_record_close(record);
    return status;
}

weft_status weft_batch_record_open(weft_batch_record **out, const char *path, weft_error *err) {
    return open_record(out, path, open_database, err);
}

weft_status weft_batch_record_open_reading(weft_batch_record **out, const char *path, weft_error *err) {
    return open_record(out, path, open_for_reading, err);
}

void weft_batch_record_close(weft_batch_record *record) {
    if (record == NULL) return;
    weft_database_close(&record->database);
    free(record);
}

/* --- reading --- */

static weft_job_outcome outcome_of(const char *name) {
    for (int i = 0; i < (int)(sizeof outcome_names / sizeof *outcome_names); i++)
        if (strcmp(outcome_names[i], name) == 0) return (weft_job_outcome)i;
    return WEFT_JOB_FAILED;
}

weft_status weft_batch_record_read(weft_batch_record *record, const char *job, weft_job_facts *out, bool *found,
                                   weft_error *err) {
    sqlite3_stmt *s = record->statements[READ_JOB];
    weft_status status = WEFT_OK;
    *out = (weft_job_facts){0};
    weft_sql_bind(s, 1, WEFT_SQL_VALUES(weft_sql_string(job)));
    int code = sqlite3_step(s);
    *found = code == SQLITE_ROW;
    if (*found) {
        *out = (weft_job_facts){.outcome = outcome_of(weft_sql_text_at(s, 0)),
                                .identity = strdup(weft_sql_text_at(s, 2)),
                                .attempts = sqlite3_column_int64(s, 3),
                                .threads = sqlite3_column_int64(s, 4),
                                .granted_bytes = sqlite3_column_int64(s, 5),
                                .peak_bytes = sqlite3_column_int64(s, 6),
                                .adaptations = sqlite3_column_int64(s, 7),
                                .seconds = sqlite3_column_double(s, 8),
                                .updated_ms = sqlite3_column_int64(s, 9),
                                .accepted = sqlite3_column_int(s, 10) != 0};
        (void)strncpy(out->cause, weft_sql_text_at(s, 1), sizeof out->cause - 1);
        if (out->identity == NULL)
            status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory", record->database.path);
    } else if (code != SQLITE_DONE) {
        status = weft_database_failed(&record->database, err);
    }
    weft_sql_end(s);
    return status;
}

weft_status weft_batch_record_files(weft_batch_record *record, const char *job, weft_job_files *out, weft_error *err) {
    sqlite3_stmt *s = record->statements[READ_FILES];
    weft_status status = WEFT_OK;
    int code;
    weft_sql_bind(s, 1, WEFT_SQL_VALUES(weft_sql_string(job)));
    while ((code = sqlite3_step(s)) == SQLITE_ROW && status == WEFT_OK) {
        weft_job_file file = {.path = (char *)weft_sql_text_at(s, 0),
                              .bytes = sqlite3_column_int64(s, 1),
                              .modified_ns = sqlite3_column_int64(s, 2),
                              .is_output = sqlite3_column_int(s, 4) != 0};
        (void)strncpy(file.hash, weft_sql_text_at(s, 3), sizeof file.hash - 1);
        if (!weft_job_files_add(out, &file))
            status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory", record->database.path);
    }
    if (status == WEFT_OK && code != SQLITE_DONE) status = weft_database_failed(&record->database, err);
    weft_sql_end(s);
    return status;
}

weft_status weft_batch_record_hash(weft_batch_record *record, const char *path, int64_t bytes, int64_t modified_ns,
                                   char out[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    sqlite3_stmt *s = record->statements[READ_HASH];
    weft_sql_bind(s, 1, WEFT_SQL_VALUES(weft_sql_string(path), weft_sql_integer(bytes), weft_sql_integer(modified_ns)));
    int code = sqlite3_step(s);
    memset(out, 0, WEFT_DIGEST_HEX_BYTES);
    if (code == SQLITE_ROW) (void)strncpy(out, weft_sql_text_at(s, 0), WEFT_DIGEST_HEX_BYTES - 1);
    weft_status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? WEFT_OK : weft_database_failed(&record->database, err);
    weft_sql_end(s);
    return status;
}

/* --- writing --- */

static bool link_file(weft_batch_record *record, const char *job, const weft_job_file *file) {
    const weft_sql_value path = weft_sql_string(file->path), bytes = weft_sql_integer(file->bytes);
    const weft_sql_value modified = weft_sql_integer(file->modified_ns), hash = weft_sql_string(file->hash);
    const weft_sql_value role = weft_sql_string(file->is_output ? "output" : "input");
    return weft_sql_run(record->statements[ADD_FILE], WEFT_SQL_VALUES(path, bytes, modified, hash)) &&
           (file->hash[0] == '\0' ||
            weft_sql_run(record->statements[HASH_FILE], WEFT_SQL_VALUES(hash, path, bytes, modified, hash))) &&
           weft_sql_run(record->statements[LINK_FILE],
                        WEFT_SQL_VALUES(weft_sql_string(job), role, path, bytes, modified));
}

static bool link_files(weft_batch_record *record, const char *job, const weft_job_files *files) {
    bool ok = weft_sql_run(record->statements[DROP_FILES], WEFT_SQL_VALUES(weft_sql_string(job)));
    for (int i = 0; i < files->count && ok; i++)
        ok = link_file(record, job, &files->items[i]);
    return ok;
}

static bool add_metrics(weft_batch_record *record, const weft_job_attempt *attempt) {
    bool exited = attempt->signal == 0;
    return weft_sql_run(record->statements[ADD_METRICS],
                        WEFT_SQL_VALUES(weft_sql_string(attempt->batch), weft_sql_string(attempt->job),
                                        weft_sql_integer(attempt->attempt), weft_sql_integer(attempt->started_ms),
                                        weft_sql_integer(attempt->ended_ms),
                                        exited ? weft_sql_integer(attempt->exit_code) : weft_sql_null(),
                                        exited ? weft_sql_null() : weft_sql_integer(attempt->signal),
                                        weft_sql_string(attempt->cause), weft_sql_string(attempt->message),
                                        weft_sql_integer(attempt->threads), weft_sql_integer(attempt->granted_bytes),
                                        weft_sql_integer(attempt->peak_bytes), weft_sql_real(attempt->cpu_seconds),
                                        weft_sql_integer(attempt->rows), weft_sql_integer(attempt->bytes),
                                        weft_sql_string(attempt->log)));
}

static bool end_job(weft_batch_record *record, const weft_job_attempt *attempt, weft_job_outcome outcome) {
    double seconds = (double)(attempt->ended_ms - attempt->started_ms) / 1000;
    return weft_sql_run(record->statements[END_JOB],
                        WEFT_SQL_VALUES(weft_sql_string(outcome_names[outcome]), weft_sql_string(attempt->cause),
                                        weft_sql_integer(attempt->peak_bytes), weft_sql_integer(attempt->adaptations),
                                        weft_sql_real(seconds), weft_sql_integer(attempt->ended_ms),
                                        weft_sql_string(attempt->job)));
}

/* Ends a transaction, of which everything was `ok` so far. */
static weft_status commit(weft_batch_record *record, bool ok, weft_error *err) {
    weft_status status =
        ok ? weft_database_execute(&record->database, "commit", err) : weft_database_failed(&record->database, err);
    if (status != WEFT_OK) (void)weft_database_execute(&record->database, "rollback", NULL);
    return status;
}

weft_status weft_batch_record_begin(weft_batch_record *record, const weft_job_attempt *attempt, const char *identity,
                                    weft_error *err) {
    weft_status status = weft_database_execute(&record->database, BEGIN_LAZY, err);
    if (status != WEFT_OK) return status;
    bool ok =
        weft_sql_run(record->statements[START_JOB],
                     WEFT_SQL_VALUES(weft_sql_string(attempt->job), weft_sql_string(identity),
                                     weft_sql_integer(attempt->attempt), weft_sql_integer(attempt->threads),
                                     weft_sql_integer(attempt->granted_bytes), weft_sql_integer(attempt->started_ms)));
    return commit(record, ok, err);
}

weft_status weft_batch_record_end(weft_batch_record *record, const weft_job_attempt *attempt, weft_job_outcome outcome,
                                  const weft_job_files *files, weft_error *err) {
    weft_status status =
        weft_database_execute(&record->database, outcome == WEFT_JOB_DONE ? BEGIN_SYNCED : BEGIN_LAZY, err);
    if (status != WEFT_OK) return status;
    bool ok = add_metrics(record, attempt) && end_job(record, attempt, outcome) &&
              (files == NULL || link_files(record, attempt->job, files));
    return commit(record, ok, err);
}

weft_status weft_batch_record_accept(weft_batch_record *record, const char *job, const char *identity,
                                     const weft_job_files *files, int64_t now_ms, weft_error *err) {
    weft_status status = weft_database_execute(&record->database, BEGIN_SYNCED, err);
    if (status != WEFT_OK) return status;
    bool ok =
        weft_sql_run(record->statements[ACCEPT_JOB],
                     WEFT_SQL_VALUES(weft_sql_string(job), weft_sql_string(identity), weft_sql_integer(now_ms))) &&
        link_files(record, job, files);
    return commit(record, ok, err);
}
