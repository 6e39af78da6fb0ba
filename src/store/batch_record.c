/* SPDX-License-Identifier: MIT
 *
 * WAL: `sqlite3` and `weft` read while the batch writes. A done job is synced, a begun one is not: the pragma changes
 * between transactions. */
#include "store/batch_record.h"

#include "core/text.h"
#include "store/database_file.h"
#include "store/metrics_schema.h"
#include "store/sql_text.h"

#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000

typedef enum statement_id {
    BEGIN,
    COMMIT,
    ROLLBACK,
    SYNC_ALL,
    SYNC_LESS,
    READ_JOB,
    READ_FILES,
    READ_HASH,
    START_JOB,
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
    [BEGIN] = "begin immediate",
    [COMMIT] = "commit",
    [ROLLBACK] = "rollback",
    [SYNC_ALL] = "pragma synchronous = full",
    [SYNC_LESS] = "pragma synchronous = normal",
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
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *path;
};

static const char *const outcome_names[] = {[WEFT_JOB_RUNNING] = "running",
                                            [WEFT_JOB_DONE] = "done",
                                            [WEFT_JOB_FAILED] = "failed",
                                            [WEFT_JOB_INTERRUPTED] = "interrupted"};

/* --- what is read --- */

bool weft_job_files_add(weft_job_files *files, const weft_job_file *file) {
    if (files->count == files->capacity) {
        int capacity = files->capacity == 0 ? 8 : 2 * files->capacity;
        weft_job_file *more = realloc(files->items, (size_t)capacity * sizeof *more);
        if (more == NULL) return false;
        files->items = more;
        files->capacity = capacity;
    }
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

static weft_status failed(weft_batch_record *record, weft_error *err) {
    return weft_metrics_schema_failed(record->database, record->path, err);
}

static weft_status execute(weft_batch_record *record, const char *sql, weft_error *err) {
    return sqlite3_exec(record->database, sql, NULL, NULL, NULL) == SQLITE_OK ? WEFT_OK : failed(record, err);
}

static weft_status open_database(weft_batch_record *record, weft_error *err) {
    weft_status status = weft_database_file_check(record->path, WEFT_METRICS_APPLICATION_ID, "a metrics database", err);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (status == WEFT_OK && sqlite3_open_v2(record->path, &record->database, flags, NULL) != SQLITE_OK)
        status = failed(record, err);
    if (status != WEFT_OK) return status;
    sqlite3_busy_timeout(record->database, BUSY_MS);
    status = execute(record, "pragma foreign_keys = off; pragma cache_size = -2048; pragma journal_mode = wal", err);
    if (status == WEFT_OK) status = weft_metrics_schema_apply(record->database, record->path, err);
    for (const weft_sql_text *part = weft_sql_batch_record; part->name != NULL && status == WEFT_OK; part++)
        status = execute(record, part->sql, err);
    /* What no job has any more. */
    if (status == WEFT_OK)
        status = execute(record, "delete from batch_files where id not in (select file from batch_job_files)", err);
    for (int i = 0; i < STATEMENT_COUNT && status == WEFT_OK; i++)
        if (sqlite3_prepare_v3(record->database, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &record->statements[i], NULL) != SQLITE_OK)
            status = failed(record, err);
    return status;
}

weft_status weft_batch_record_open(weft_batch_record **out, const char *path, weft_error *err) {
    weft_batch_record *record = calloc(1, sizeof *record);
    *out = NULL;
    if (record == NULL || (record->path = strdup(path)) == NULL) {
        free(record);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    }
    weft_status status = open_database(record, err);
    if (status == WEFT_OK)
        *out = record;
    else
        weft_batch_record_close(record);
    return status;
}

void weft_batch_record_close(weft_batch_record *record) {
    if (record == NULL) return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(record->statements[i]);
    sqlite3_close(record->database);
    free(record->path);
    free(record);
}

/* --- statements: values one after the other --- */

typedef struct row {
    sqlite3_stmt *statement;
    int next;
} row;

static row start(weft_batch_record *record, statement_id id) {
    return (row){record->statements[id], 1};
}

static void put_int(row *to, int64_t value) {
    (void)sqlite3_bind_int64(to->statement, to->next++, value);
}

static void put_real(row *to, double value) {
    (void)sqlite3_bind_double(to->statement, to->next++, value);
}

/* The text outlives the step; NULL is SQL's. */
static void put_text(row *to, const char *value) {
    (void)sqlite3_bind_text(to->statement, to->next++, value, -1, SQLITE_STATIC);
}

/* Ends a statement, whether it gave rows or not. */
static void end(const row *done) {
    (void)sqlite3_reset(done->statement);
    (void)sqlite3_clear_bindings(done->statement);
}

static bool finish(const row *done) {
    int code = sqlite3_step(done->statement);
    end(done);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

static bool run_plain(weft_batch_record *record, statement_id id) {
    row plain = start(record, id);
    return finish(&plain);
}

/* --- reading --- */

static weft_job_outcome outcome_of(const char *name) {
    for (int i = 0; i < (int)(sizeof outcome_names / sizeof *outcome_names); i++)
        if (strcmp(outcome_names[i], name) == 0) return (weft_job_outcome)i;
    return WEFT_JOB_FAILED;
}

static const char *text_at(sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}

weft_status weft_batch_record_read(weft_batch_record *record, const char *job, weft_job_facts *out, bool *found,
                                   weft_error *err) {
    row to = start(record, READ_JOB);
    weft_status status = WEFT_OK;
    *out = (weft_job_facts){0};
    put_text(&to, job);
    int code = sqlite3_step(to.statement);
    *found = code == SQLITE_ROW;
    if (*found) {
        sqlite3_stmt *s = to.statement;
        *out = (weft_job_facts){.outcome = outcome_of(text_at(s, 0)),
                                .identity = strdup(text_at(s, 2)),
                                .attempts = sqlite3_column_int64(s, 3),
                                .threads = sqlite3_column_int64(s, 4),
                                .granted_bytes = sqlite3_column_int64(s, 5),
                                .peak_bytes = sqlite3_column_int64(s, 6),
                                .adaptations = sqlite3_column_int64(s, 7),
                                .seconds = sqlite3_column_double(s, 8),
                                .updated_ms = sqlite3_column_int64(s, 9),
                                .accepted = sqlite3_column_int(s, 10) != 0};
        (void)strncpy(out->cause, text_at(s, 1), sizeof out->cause - 1);
        if (out->identity == NULL) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory", record->path);
    } else if (code != SQLITE_DONE) {
        status = failed(record, err);
    }
    end(&to);
    return status;
}

weft_status weft_batch_record_files(weft_batch_record *record, const char *job, weft_job_files *out, weft_error *err) {
    row to = start(record, READ_FILES);
    weft_status status = WEFT_OK;
    int code;
    put_text(&to, job);
    while ((code = sqlite3_step(to.statement)) == SQLITE_ROW && status == WEFT_OK) {
        weft_job_file file = {.path = (char *)text_at(to.statement, 0),
                              .bytes = sqlite3_column_int64(to.statement, 1),
                              .modified_ns = sqlite3_column_int64(to.statement, 2),
                              .is_output = sqlite3_column_int(to.statement, 4) != 0};
        (void)strncpy(file.hash, text_at(to.statement, 3), sizeof file.hash - 1);
        if (!weft_job_files_add(out, &file))
            status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory", record->path);
    }
    if (status == WEFT_OK && code != SQLITE_DONE) status = failed(record, err);
    end(&to);
    return status;
}

weft_status weft_batch_record_hash(weft_batch_record *record, const char *path, int64_t bytes, int64_t modified_ns,
                                   char out[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    row to = start(record, READ_HASH);
    put_text(&to, path);
    put_int(&to, bytes);
    put_int(&to, modified_ns);
    int code = sqlite3_step(to.statement);
    memset(out, 0, WEFT_DIGEST_HEX_BYTES);
    if (code == SQLITE_ROW) (void)strncpy(out, text_at(to.statement, 0), WEFT_DIGEST_HEX_BYTES - 1);
    weft_status status = code == SQLITE_ROW || code == SQLITE_DONE ? WEFT_OK : failed(record, err);
    end(&to);
    return status;
}

/* --- writing --- */

static bool link_file(weft_batch_record *record, const char *job, const weft_job_file *file) {
    row to = start(record, ADD_FILE);
    put_text(&to, file->path);
    put_int(&to, file->bytes);
    put_int(&to, file->modified_ns);
    put_text(&to, file->hash);
    bool ok = finish(&to);
    if (ok && file->hash[0] != '\0') {
        to = start(record, HASH_FILE);
        put_text(&to, file->hash);
        put_text(&to, file->path);
        put_int(&to, file->bytes);
        put_int(&to, file->modified_ns);
        put_text(&to, file->hash);
        ok = finish(&to);
    }
    to = start(record, LINK_FILE);
    put_text(&to, job);
    put_text(&to, file->is_output ? "output" : "input");
    put_text(&to, file->path);
    put_int(&to, file->bytes);
    put_int(&to, file->modified_ns);
    return ok && finish(&to);
}

static bool link_files(weft_batch_record *record, const char *job, const weft_job_files *files) {
    row to = start(record, DROP_FILES);
    put_text(&to, job);
    bool ok = finish(&to);
    for (int i = 0; i < files->count && ok; i++)
        ok = link_file(record, job, &files->items[i]);
    return ok;
}

static bool add_metrics(weft_batch_record *record, const weft_job_attempt *attempt) {
    row to = start(record, ADD_METRICS);
    put_text(&to, attempt->batch);
    put_text(&to, attempt->job);
    put_int(&to, attempt->attempt);
    put_int(&to, attempt->started_ms);
    put_int(&to, attempt->ended_ms);
    if (attempt->signal == 0)
        put_int(&to, attempt->exit_code);
    else
        to.next++;
    if (attempt->signal != 0)
        put_int(&to, attempt->signal);
    else
        to.next++;
    put_text(&to, attempt->cause);
    put_text(&to, attempt->message);
    put_int(&to, attempt->threads);
    put_int(&to, attempt->granted_bytes);
    put_int(&to, attempt->peak_bytes);
    put_real(&to, attempt->cpu_seconds);
    put_int(&to, attempt->rows);
    put_int(&to, attempt->bytes);
    put_text(&to, attempt->log);
    return finish(&to);
}

static bool end_job(weft_batch_record *record, const weft_job_attempt *attempt, weft_job_outcome outcome) {
    row to = start(record, END_JOB);
    put_text(&to, outcome_names[outcome]);
    put_text(&to, attempt->cause);
    put_int(&to, attempt->peak_bytes);
    put_int(&to, attempt->adaptations);
    put_real(&to, (double)(attempt->ended_ms - attempt->started_ms) / 1000);
    put_int(&to, attempt->ended_ms);
    put_text(&to, attempt->job);
    return finish(&to);
}

static weft_status commit(weft_batch_record *record, bool ok, weft_error *err) {
    if (ok && run_plain(record, COMMIT)) return WEFT_OK;
    weft_status status = failed(record, err);
    (void)run_plain(record, ROLLBACK);
    return status;
}

weft_status weft_batch_record_begin(weft_batch_record *record, const weft_job_attempt *attempt, const char *identity,
                                    weft_error *err) {
    row to = start(record, START_JOB);
    bool ok = run_plain(record, SYNC_LESS) && run_plain(record, BEGIN);
    put_text(&to, attempt->job);
    put_text(&to, identity);
    put_int(&to, attempt->attempt);
    put_int(&to, attempt->threads);
    put_int(&to, attempt->granted_bytes);
    put_int(&to, attempt->started_ms);
    ok = finish(&to) && ok;
    return commit(record, ok, err);
}

weft_status weft_batch_record_end(weft_batch_record *record, const weft_job_attempt *attempt, weft_job_outcome outcome,
                                  const weft_job_files *files, weft_error *err) {
    bool ok = run_plain(record, outcome == WEFT_JOB_DONE ? SYNC_ALL : SYNC_LESS) && run_plain(record, BEGIN) &&
              add_metrics(record, attempt) && end_job(record, attempt, outcome) &&
              (files == NULL || link_files(record, attempt->job, files));
    return commit(record, ok, err);
}

weft_status weft_batch_record_accept(weft_batch_record *record, const char *job, const char *identity,
                                     const weft_job_files *files, int64_t now_ms, weft_error *err) {
    row to = start(record, ACCEPT_JOB);
    bool ok = run_plain(record, SYNC_ALL) && run_plain(record, BEGIN);
    put_text(&to, job);
    put_text(&to, identity);
    put_int(&to, now_ms);
    ok = finish(&to) && ok && link_files(record, job, files);
    return commit(record, ok, err);
}
