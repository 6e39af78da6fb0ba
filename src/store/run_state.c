/* SPDX-License-Identifier: MIT
 *
 * A rollback journal: no files beside it between two transactions, and it works where WAL does not. Extra syncs: with
 * full ones the journal's removal may be lost with the power, and the last checkpoint with it. */
#include "store/run_state.h"

#include "core/text.h"
#include "store/database_file.h"
#include "store/sql_text.h"
#include "store/sql_trouble.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x77655253 /* "weRS" */
#define BUSY_MS        2000
#define SETTINGS       "pragma cache_size = -128; pragma journal_mode = delete; pragma synchronous = extra;"

struct weft_run_state {
    sqlite3 *database;
    char *path;
};

static const char *const phase_names[] = {[WEFT_RUN_RUNNING] = "running",
                                          [WEFT_RUN_INTERRUPTED] = "interrupted",
                                          [WEFT_RUN_FAILED] = "failed",
                                          [WEFT_RUN_FINISHED] = "finished"};

const char *weft_run_phase_name(weft_run_phase phase) {
    return phase_names[phase];
}

void weft_run_output_begin_anew(weft_run_output *output) {
    *output = (weft_run_output){.format = output->format, .path = output->path};
}

void weft_run_facts_dispose(weft_run_facts *facts) {
    for (int i = 0; i < facts->input_count; i++)
        free(facts->inputs[i].path);
    for (int i = 0; i < facts->output_count; i++) {
        free(facts->outputs[i].format);
        free(facts->outputs[i].path);
    }
    free(facts->inputs);
    free(facts->outputs);
    free(facts->experiment_id);
    free(facts->message);
    free(facts->command);
    free(facts->weft_version);
    free(facts->identity);
    free(facts->plan);
    free(facts->columns_seen);
    *facts = (weft_run_facts){0};
}

/* --- statements --- */

static weft_status failed(const weft_run_state *state, weft_error *err) {
    int code = sqlite3_errcode(state->database) & 0xff;
    weft_status status = WEFT_ERR_IO;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) status = WEFT_ERR_DATA;
    if (code == SQLITE_NOMEM) status = WEFT_ERR_MEMORY;
    if (weft_sql_trouble_is_permission(state->database)) status = WEFT_ERR_PERMISSION;
    weft_error_set(err, status, "%s: %s", state->path, sqlite3_errmsg(state->database));
    if (err != NULL) err->may_pass = weft_sql_trouble_may_pass(state->database);
    return status;
}

static weft_status execute(const weft_run_state *state, const char *sql, weft_error *err) {
    return sqlite3_exec(state->database, sql, NULL, NULL, NULL) == SQLITE_OK ? WEFT_OK : failed(state, err);
}

static weft_status prepare(const weft_run_state *state, sqlite3_stmt **out, const char *sql, weft_error *err) {
    return sqlite3_prepare_v2(state->database, sql, -1, out, NULL) == SQLITE_OK ? WEFT_OK : failed(state, err);
}

/* Runs a statement whose values are bound, once. */
static weft_status step(const weft_run_state *state, sqlite3_stmt *statement, weft_error *err) {
    weft_status status = sqlite3_step(statement) == SQLITE_DONE ? WEFT_OK : failed(state, err);
    (void)sqlite3_reset(statement);
    return status;
}

static weft_status get_number(const weft_run_state *state, const char *sql, int64_t *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement, sql, err);
    if (status == WEFT_OK && sqlite3_step(statement) != SQLITE_ROW) status = failed(state, err);
    if (status == WEFT_OK) *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text) {
    (void)sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

/* --- opening --- */

static weft_status open_file(weft_run_state **out, const char *path, int flags, weft_error *err) {
    weft_run_state *state = calloc(1, sizeof *state);
    *out = NULL;
    if (state != NULL) state->path = weft_text_format("%s", path);
    if (state == NULL || state->path == NULL) {
        free(state);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    }
    weft_status status = WEFT_OK;
    if (sqlite3_open_v2(path, &state->database, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        status = failed(state, err);
    if (status == WEFT_OK) (void)sqlite3_busy_timeout(state->database, BUSY_MS);
    if (status == WEFT_OK)
        *out = state;
    else
        weft_run_state_close(state);
    return status;
}

static weft_status check_schema(const weft_run_state *state, weft_error *err) {
    int64_t id = 0, version = 0, newest = 0;
    while (weft_sql_run_state[newest].name != NULL)
        newest++;
    weft_status status = get_number(state, "pragma application_id", &id, err);
    if (status == WEFT_OK) status = get_number(state, "pragma user_version", &version, err);
    if (status != WEFT_OK) return status;
    if (id != APPLICATION_ID) return weft_error_set(err, WEFT_ERR_DATA, "%s: not a run state of weft", state->path);
    if (version != newest)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: made by another weft (schema %lld, this one knows %lld)",
                              state->path, (long long)version, (long long)newest);
    return WEFT_OK;
}

/* A run that was killed while it made its state has left an empty one. */
static weft_status check_made(const weft_run_state *state, weft_error *err) {
    int64_t tables = 0;
    weft_status status = get_number(state, "select count(*) from sqlite_schema", &tables, err);
    if (status != WEFT_OK || tables > 0) return status;
    return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: nothing was written to it", state->path);
}

static weft_status make_schema(const weft_run_state *state, weft_error *err) {
    weft_text script = {0};
    int version = 0;
    for (; weft_sql_run_state[version].name != NULL; version++)
        weft_text_add(&script, "%s\n", weft_sql_run_state[version].sql);
    weft_text_add(&script, "pragma application_id = %d; pragma user_version = %d;", APPLICATION_ID, version);
    weft_status status = script.failed ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for it", state->path)
                                       : execute(state, script.data, err);
    weft_text_dispose(&script);
    return status;
}

/* --- writing --- */

static weft_status insert_run(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement,
                                 "insert into run (id, experiment_id, state, command, weft_version, identity, plan, "
                                 "grid_rows, rows_done, attempts, started_ms, updated_ms, pid, start_ticks, boot_id, "
                                 "host) values (1, ?, 'running', ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?)",
                                 err);
    if (status != WEFT_OK) return status;
    bind_text(statement, 1, facts->experiment_id);
    bind_text(statement, 2, facts->command);
    bind_text(statement, 3, facts->weft_version);
    bind_text(statement, 4, facts->identity);
    bind_text(statement, 5, facts->plan);
    (void)sqlite3_bind_int64(statement, 6, facts->grid_rows);
    (void)sqlite3_bind_int64(statement, 7, facts->started_ms);
    (void)sqlite3_bind_int64(statement, 8, facts->started_ms);
    (void)sqlite3_bind_int64(statement, 9, facts->process.pid);
    (void)sqlite3_bind_int64(statement, 10, facts->process.start_ticks);
    bind_text(statement, 11, facts->process.boot_id);
    bind_text(statement, 12, facts->process.host);
    status = step(state, statement, err);
    sqlite3_finalize(statement);
    return status;
}

static weft_status insert_inputs(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement, "insert or ignore into inputs values (?, ?, ?)", err);
    for (int i = 0; i < facts->input_count && status == WEFT_OK; i++) {
        bind_text(statement, 1, facts->inputs[i].path);
        (void)sqlite3_bind_int64(statement, 2, facts->inputs[i].bytes);
        (void)sqlite3_bind_int64(statement, 3, facts->inputs[i].modified_ns);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    return status;
}

static weft_status insert_outputs(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement, "insert into outputs values (?, ?, ?, 0, 0, 0, 0, 0, '', '')", err);
    for (int i = 0; i < facts->output_count && status == WEFT_OK; i++) {
        (void)sqlite3_bind_int(statement, 1, i);
        bind_text(statement, 2, facts->outputs[i].format);
        bind_text(statement, 3, facts->outputs[i].path);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    return status;
}

static weft_status commit(const weft_run_state *state, weft_status so_far, weft_error *err) {
    if (so_far == WEFT_OK) so_far = execute(state, "commit", err);
    if (so_far != WEFT_OK) (void)execute(state, "rollback", NULL);
    return so_far;
}

static weft_status remove_old(const char *path, weft_error *err) {
    char *journal = weft_text_format("%s-journal", path);
    weft_status status =
        journal == NULL ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path) : WEFT_OK;
    /* The file first: a journal without it means nothing, it without its journal may be half of a change. */
    if (status == WEFT_OK && unlink(path) != 0 && errno != ENOENT)
        status = weft_error_set_errno(err, errno, "%s: cannot be removed", path);
    if (status == WEFT_OK && unlink(journal) != 0 && errno != ENOENT)
        status = weft_error_set_errno(err, errno, "%s: cannot be removed", journal);
    free(journal);
    return status;
}

weft_status weft_run_state_create(weft_run_state **out, const char *path, const weft_run_facts *facts,
                                  weft_error *err) {
    weft_run_state *state = NULL;
    *out = NULL;
    weft_status status = remove_old(path, err);
    if (status == WEFT_OK) status = open_file(&state, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (status != WEFT_OK) return status;
    status = execute(state, "pragma page_size = 1024;" SETTINGS "begin immediate", err);
    if (status == WEFT_OK) status = make_schema(state, err);
    if (status == WEFT_OK) status = insert_run(state, facts, err);
    if (status == WEFT_OK) status = insert_inputs(state, facts, err);
    if (status == WEFT_OK) status = insert_outputs(state, facts, err);
    status = commit(state, status, err);
    if (status == WEFT_OK)
        *out = state;
    else
        weft_run_state_close(state);
    return status;
}

weft_status weft_run_state_continue(weft_run_state **out, const char *path, const weft_run_facts *facts,
                                    weft_error *err) {
    weft_run_state *state = NULL;
    sqlite3_stmt *statement = NULL;
    *out = NULL;
    weft_status status = open_file(&state, path, SQLITE_OPEN_READWRITE, err);
    if (status != WEFT_OK) return status;
    status = execute(state, SETTINGS, err);
    if (status == WEFT_OK) status = check_schema(state, err);
    if (status == WEFT_OK)
        status = prepare(state, &statement,
                         "update run set state = 'running', message = null, attempts = attempts + 1, command = ?, "
                         "pid = ?, start_ticks = ?, boot_id = ?, host = ?",
                         err);
    if (status == WEFT_OK) {
        bind_text(statement, 1, facts->command);
        (void)sqlite3_bind_int64(statement, 2, facts->process.pid);
        (void)sqlite3_bind_int64(statement, 3, facts->process.start_ticks);
        bind_text(statement, 4, facts->process.boot_id);
        bind_text(statement, 5, facts->process.host);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    if (status == WEFT_OK)
        *out = state;
    else
        weft_run_state_close(state);
    return status;
}

static weft_status update_outputs(const weft_run_state *state, const weft_run_output *outputs, int count,
                                  weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement,
                                 "update outputs set bytes = ?, spool_bytes = ?, next_cell = ?, table_rows = ?, "
                                 "whole = ?, hash = ?, spool_hash = ? where number = ?",
                                 err);
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        (void)sqlite3_bind_int64(statement, 1, outputs[i].bytes);
        (void)sqlite3_bind_int64(statement, 2, outputs[i].spool_bytes);
        (void)sqlite3_bind_int64(statement, 3, outputs[i].next_cell);
        (void)sqlite3_bind_int64(statement, 4, outputs[i].rows);
        (void)sqlite3_bind_int(statement, 5, outputs[i].whole);
        bind_text(statement, 6, outputs[i].hash);
        bind_text(statement, 7, outputs[i].spool_hash);
        (void)sqlite3_bind_int(statement, 8, i);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    return status;
}

weft_status weft_run_state_checkpoint(weft_run_state *state, const weft_run_output *outputs, int count,
                                      int64_t rows_done, const char *columns_seen, int64_t now_ms, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = execute(state, "begin immediate", err);
    if (status != WEFT_OK) return status;
    status = update_outputs(state, outputs, count, err);
    if (status == WEFT_OK)
        status = prepare(state, &statement, "update run set rows_done = ?, updated_ms = ?, columns_seen = ?", err);
    if (status == WEFT_OK) {
        (void)sqlite3_bind_int64(statement, 1, rows_done);
        (void)sqlite3_bind_int64(statement, 2, now_ms);
        bind_text(statement, 3, columns_seen == NULL ? "" : columns_seen);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    return commit(state, status, err);
}

weft_status weft_run_state_end(weft_run_state *state, weft_run_phase phase, const char *message, int64_t now_ms,
                               weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(state, &statement, "update run set state = ?, message = ?, updated_ms = ?", err);
    if (status == WEFT_OK) {
        bind_text(statement, 1, phase_names[phase]);
        bind_text(statement, 2, message);
        (void)sqlite3_bind_int64(statement, 3, now_ms);
        status = step(state, statement, err);
    }
    sqlite3_finalize(statement);
    return status;
}

void weft_run_state_close(weft_run_state *state) {
    if (state == NULL) return;
    (void)sqlite3_close(state->database);
    free(state->path);
    free(state);
}

/* --- reading --- */

static char *copy_text(sqlite3_stmt *statement, int column, bool *no_memory) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL) return NULL;
    char *copy = weft_text_format("%s", text);
    *no_memory = *no_memory || copy == NULL;
    return copy;
}

static bool parse_phase(const char *text, weft_run_phase *out) {
    for (int i = 0; i <= WEFT_RUN_FINISHED; i++) {
        *out = (weft_run_phase)i;
        if (strcmp(text, phase_names[i]) == 0) return true;
    }
    return false;
}

/* Whether a row holds what it should, a letter a column: t a text, n a number from 0 on, i any number, ? a text or
 * nothing. A file may be damaged, or have been changed by hand. */
static bool has_types(sqlite3_stmt *statement, const char *types) {
    bool good = sqlite3_column_count(statement) == (int)strlen(types);
    for (int i = 0; types[i] != '\0' && good; i++) {
        int type = sqlite3_column_type(statement, i);
        if (types[i] == 't')
            good = type == SQLITE_TEXT;
        else if (types[i] == '?')
            good = type == SQLITE_TEXT || type == SQLITE_NULL;
        else
            good = type == SQLITE_INTEGER && (types[i] == 'i' || sqlite3_column_int64(statement, i) >= 0);
    }
    return good;
}

static weft_status damaged(const weft_run_state *state, const char *table, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_DATA, "%s: damaged: its table %s does not hold what it should", state->path,
                          table);
}

static void copy_short(sqlite3_stmt *statement, int column, char *out, size_t capacity) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    size_t length = text == NULL ? 0 : strlen(text);
    if (length >= capacity) length = capacity - 1;
    if (length > 0) memcpy(out, text, length);
    out[length] = '\0';
}

static weft_status no_memory(const weft_run_state *state, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", state->path);
}

static weft_status read_run(const weft_run_state *state, weft_run_facts *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    bool lacking = false;
    weft_status status = prepare(state, &statement,
                                 "select experiment_id, state, message, command, weft_version, identity, plan, "
                                 "grid_rows, rows_done, attempts, started_ms, updated_ms, pid, start_ticks, boot_id, "
                                 "host, columns_seen from run",
                                 err);
    if (status == WEFT_OK && (sqlite3_step(statement) != SQLITE_ROW || !has_types(statement, "tt??tttnnniinnttt") ||
                              !parse_phase((const char *)sqlite3_column_text(statement, 1), &out->phase)))
        status = damaged(state, "run", err);
    if (status == WEFT_OK) {
        out->experiment_id = copy_text(statement, 0, &lacking);
        out->message = copy_text(statement, 2, &lacking);
        out->command = copy_text(statement, 3, &lacking);
        out->weft_version = copy_text(statement, 4, &lacking);
        out->identity = copy_text(statement, 5, &lacking);
        out->plan = copy_text(statement, 6, &lacking);
        out->grid_rows = sqlite3_column_int64(statement, 7);
        out->rows_done = sqlite3_column_int64(statement, 8);
        out->attempts = sqlite3_column_int64(statement, 9);
        out->started_ms = sqlite3_column_int64(statement, 10);
        out->updated_ms = sqlite3_column_int64(statement, 11);
        out->process.pid = sqlite3_column_int64(statement, 12);
        out->process.start_ticks = sqlite3_column_int64(statement, 13);
        copy_short(statement, 14, out->process.boot_id, sizeof out->process.boot_id);
        copy_short(statement, 15, out->process.host, sizeof out->process.host);
        out->columns_seen = copy_text(statement, 16, &lacking);
        if (lacking) status = no_memory(state, err);
    }
    sqlite3_finalize(statement);
    return status;
}

/* How many rows, and room for them: *out is NULL for none. */
static weft_status reserve(const weft_run_state *state, const char *table, size_t item_bytes, void **out,
                           int64_t *count, weft_error *err) {
    char sql[64];
    (void)sqlite3_snprintf((int)sizeof sql, sql, "select count(*) from %s", table);
    weft_status status = get_number(state, sql, count, err);
    if (status != WEFT_OK || *count == 0) return status;
    *out = *count > INT32_MAX ? NULL : calloc((size_t)*count, item_bytes);
    return *out == NULL ? no_memory(state, err) : WEFT_OK;
}

static weft_status read_inputs(const weft_run_state *state, weft_run_facts *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    int64_t count = 0;
    bool lacking = false;
    void *items = NULL;
    weft_status status = reserve(state, "inputs", sizeof *out->inputs, &items, &count, err);
    out->inputs = items;
    if (status == WEFT_OK)
        status = prepare(state, &statement, "select path, bytes, modified_ns from inputs order by path", err);
    while (status == WEFT_OK && out->input_count < count && sqlite3_step(statement) == SQLITE_ROW &&
           has_types(statement, "tii"))
        out->inputs[out->input_count++] = (weft_run_input){
            copy_text(statement, 0, &lacking), sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2)};
    sqlite3_finalize(statement);
    if (status == WEFT_OK && out->input_count < count) status = damaged(state, "inputs", err);
    return status == WEFT_OK && lacking ? no_memory(state, err) : status;
}

static weft_status read_outputs(const weft_run_state *state, weft_run_facts *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    int64_t count = 0;
    bool lacking = false;
    void *items = NULL;
    weft_status status = reserve(state, "outputs", sizeof *out->outputs, &items, &count, err);
    out->outputs = items;
    if (status == WEFT_OK)
        status = prepare(state, &statement,
                         "select format, path, bytes, spool_bytes, next_cell, table_rows, whole, hash, spool_hash "
                         "from outputs order by number",
                         err);
    while (status == WEFT_OK && out->output_count < count && sqlite3_step(statement) == SQLITE_ROW &&
           has_types(statement, "ttnnnnntt")) {
        weft_run_output *output = &out->outputs[out->output_count++];
        output->format = copy_text(statement, 0, &lacking);
        output->path = copy_text(statement, 1, &lacking);
        output->bytes = sqlite3_column_int64(statement, 2);
        output->spool_bytes = sqlite3_column_int64(statement, 3);
        output->next_cell = sqlite3_column_int64(statement, 4);
        output->rows = sqlite3_column_int64(statement, 5);
        output->whole = sqlite3_column_int(statement, 6) != 0;
        copy_short(statement, 7, output->hash, sizeof output->hash);
        copy_short(statement, 8, output->spool_hash, sizeof output->spool_hash);
    }
    sqlite3_finalize(statement);
    if (status == WEFT_OK && out->output_count < count) status = damaged(state, "outputs", err);
    return status == WEFT_OK && lacking ? no_memory(state, err) : status;
}

weft_status weft_run_state_read(weft_run_facts *out, const char *path, weft_error *err) {
    weft_run_state *state = NULL;
    *out = (weft_run_facts){0};
    if (access(path, F_OK) != 0) return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", path);
    weft_status status = weft_database_file_check(path, APPLICATION_ID, "a run state", err);
    if (status != WEFT_OK) return status;
    /* For writing where that is allowed: what a killed process left half done is rolled back then. */
    status = open_file(&state, path, SQLITE_OPEN_READWRITE, err);
    if (status == WEFT_OK) status = execute(state, "begin", err);
    if (status == WEFT_OK) status = check_made(state, err);
    if (status == WEFT_OK) status = check_schema(state, err);
    if (status == WEFT_OK) status = read_run(state, out, err);
    if (status == WEFT_OK) status = read_inputs(state, out, err);
    if (status == WEFT_OK) status = read_outputs(state, out, err);
    weft_run_state_close(state);
    if (status != WEFT_OK) weft_run_facts_dispose(out);
    return status;
}
