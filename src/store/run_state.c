/* SPDX-License-Identifier: MIT
 *
 * A rollback journal: no files beside it between two transactions, and it works where WAL does not. Extra syncs: with
 * full ones the journal's removal may be lost with the power, and the last checkpoint with it. */
#include "store/run_state.h"

#include "core/text.h"
#include "store/database.h"
#include "store/database_file.h"
#include "store/sql_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x77655253 /* "weRS" */
#define BUSY_MS        2000
#define SETTINGS       "pragma cache_size = -128; pragma journal_mode = delete; pragma synchronous = extra;"

struct weft_run_state {
    weft_database database;
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

/* --- opening --- */

static weft_status open_file(weft_run_state **out, const char *path, int flags, weft_error *err) {
    weft_run_state *state = calloc(1, sizeof *state);
    *out = NULL;
    if (state == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", path);
    weft_status status = weft_database_open(&state->database, path, flags, BUSY_MS, WEFT_ERR_IO, err);
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
    weft_status status = weft_database_number(&state->database, "pragma application_id", &id, err);
    if (status == WEFT_OK) status = weft_database_number(&state->database, "pragma user_version", &version, err);
    if (status != WEFT_OK) return status;
    if (id != APPLICATION_ID)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: not a run state of weft", state->database.path);
    if (version != newest)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: made by another weft (schema %lld, this one knows %lld)",
                              state->database.path, (long long)version, (long long)newest);
    return WEFT_OK;
}

/* A run that was killed while it made its state has left an empty one. */
static weft_status check_made(const weft_run_state *state, weft_error *err) {
    int64_t tables = 0;
    weft_status status = weft_database_number(&state->database, "select count(*) from sqlite_schema", &tables, err);
    if (status != WEFT_OK || tables > 0) return status;
    return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: nothing was written to it", state->database.path);
}

static weft_status make_schema(const weft_run_state *state, weft_error *err) {
    weft_text script = {0};
    int version = 0;
    for (; weft_sql_run_state[version].name != NULL; version++)
        weft_text_add(&script, "%s\n", weft_sql_run_state[version].sql);
    weft_text_add(&script, "pragma application_id = %d; pragma user_version = %d;", APPLICATION_ID, version);
    weft_status status = script.failed
                             ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for it", state->database.path)
                             : weft_database_execute(&state->database, script.data, err);
    weft_text_dispose(&script);
    return status;
}

/* --- writing --- */

static weft_status insert_run(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    const weft_process_identity *process = &facts->process;
    return weft_database_run(
        &state->database,
        "insert into run (id, experiment_id, state, command, weft_version, identity, plan, grid_rows, rows_done, "
        "attempts, started_ms, updated_ms, pid, start_ticks, boot_id, host) "
        "values (1, ?, 'running', ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?)",
        WEFT_SQL_VALUES(weft_sql_string(facts->experiment_id), weft_sql_string(facts->command),
                        weft_sql_string(facts->weft_version), weft_sql_string(facts->identity),
                        weft_sql_string(facts->plan), weft_sql_integer(facts->grid_rows),
                        weft_sql_integer(facts->started_ms), weft_sql_integer(facts->started_ms),
                        weft_sql_integer(process->pid), weft_sql_integer(process->start_ticks),
                        weft_sql_string(process->boot_id), weft_sql_string(process->host)),
        err);
}

static weft_status insert_inputs(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status =
        weft_database_prepare(&state->database, &statement, "insert or ignore into inputs values (?, ?, ?)", err);
    for (int i = 0; i < facts->input_count && status == WEFT_OK; i++) {
        const weft_run_input *input = &facts->inputs[i];
        if (!weft_sql_run(statement, WEFT_SQL_VALUES(weft_sql_string(input->path), weft_sql_integer(input->bytes),
                                                     weft_sql_integer(input->modified_ns))))
            status = weft_database_failed(&state->database, err);
    }
    sqlite3_finalize(statement);
    return status;
}

static weft_status insert_outputs(const weft_run_state *state, const weft_run_facts *facts, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < facts->output_count && status == WEFT_OK; i++)
        status = weft_database_run(&state->database, "insert into outputs values (?, ?, ?, 0, 0, 0, 0, 0, '', '')",
                                   WEFT_SQL_VALUES(weft_sql_integer(i), weft_sql_string(facts->outputs[i].format),
                                                   weft_sql_string(facts->outputs[i].path)),
                                   err);
    return status;
}

static weft_status commit(const weft_run_state *state, weft_status so_far, weft_error *err) {
    if (so_far == WEFT_OK) so_far = weft_database_execute(&state->database, "commit", err);
    if (so_far != WEFT_OK) (void)weft_database_execute(&state->database, "rollback", NULL);
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
    status = weft_database_execute(&state->database, "pragma page_size = 1024;" SETTINGS "begin immediate", err);
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
    const weft_process_identity *process = &facts->process;
    weft_run_state *state = NULL;
    *out = NULL;
    weft_status status = open_file(&state, path, SQLITE_OPEN_READWRITE, err);
    if (status != WEFT_OK) return status;
    status = weft_database_execute(&state->database, SETTINGS, err);
    if (status == WEFT_OK) status = check_schema(state, err);
    if (status == WEFT_OK)
        status = weft_database_run(
            &state->database,
            "update run set state = 'running', message = null, attempts = attempts + 1, command = ?, pid = ?, "
            "start_ticks = ?, boot_id = ?, host = ?",
            WEFT_SQL_VALUES(weft_sql_string(facts->command), weft_sql_integer(process->pid),
                            weft_sql_integer(process->start_ticks), weft_sql_string(process->boot_id),
                            weft_sql_string(process->host)),
            err);
    if (status == WEFT_OK)
        *out = state;
    else
        weft_run_state_close(state);
    return status;
}

static weft_status update_output(const weft_run_state *state, int number, const weft_run_output *output,
                                 weft_error *err) {
    return weft_database_run(&state->database,
                             "update outputs set bytes = ?, spool_bytes = ?, next_cell = ?, table_rows = ?, whole = ?, "
                             "hash = ?, spool_hash = ? where number = ?",
                             WEFT_SQL_VALUES(weft_sql_integer(output->bytes), weft_sql_integer(output->spool_bytes),
                                             weft_sql_integer(output->next_cell), weft_sql_integer(output->rows),
                                             weft_sql_integer(output->whole), weft_sql_string(output->hash),
                                             weft_sql_string(output->spool_hash), weft_sql_integer(number)),
                             err);
}

weft_status weft_run_state_checkpoint(weft_run_state *state, const weft_run_output *outputs, int count,
                                      int64_t rows_done, const char *columns_seen, int64_t now_ms, weft_error *err) {
    weft_status status = weft_database_execute(&state->database, "begin immediate", err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < count && status == WEFT_OK; i++)
        status = update_output(state, i, &outputs[i], err);
    if (status == WEFT_OK)
        status = weft_database_run(&state->database, "update run set rows_done = ?, updated_ms = ?, columns_seen = ?",
                                   WEFT_SQL_VALUES(weft_sql_integer(rows_done), weft_sql_integer(now_ms),
                                                   weft_sql_string(columns_seen == NULL ? "" : columns_seen)),
                                   err);
    return commit(state, status, err);
}

weft_status weft_run_state_end(weft_run_state *state, weft_run_phase phase, const char *message, int64_t now_ms,
                               weft_error *err) {
    return weft_database_run(
        &state->database, "update run set state = ?, message = ?, updated_ms = ?",
        WEFT_SQL_VALUES(weft_sql_string(phase_names[phase]), weft_sql_string(message), weft_sql_integer(now_ms)), err);
}

void weft_run_state_close(weft_run_state *state) {
    if (state == NULL) return;
    weft_database_close(&state->database);
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
    return weft_error_set(err, WEFT_ERR_DATA, "%s: damaged: its table %s does not hold what it should",
                          state->database.path, table);
}

static void copy_short(sqlite3_stmt *statement, int column, char *out, size_t capacity) {
    (void)snprintf(out, capacity, "%s", weft_sql_text_at(statement, column));
}

static weft_status no_memory(const weft_run_state *state, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", state->database.path);
}

static weft_status read_run(const weft_run_state *state, weft_run_facts *out, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    bool lacking = false;
    weft_status status =
        weft_database_prepare(&state->database, &statement,
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
    weft_status status = weft_database_number(&state->database, sql, count, err);
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
        status = weft_database_prepare(&state->database, &statement,
                                       "select path, bytes, modified_ns from inputs order by path", err);
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
        status = weft_database_prepare(
            &state->database, &statement,
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
    if (status == WEFT_OK) status = weft_database_execute(&state->database, "begin", err);
    if (status == WEFT_OK) status = check_made(state, err);
    if (status == WEFT_OK) status = check_schema(state, err);
    if (status == WEFT_OK) status = read_run(state, out, err);
    if (status == WEFT_OK) status = read_inputs(state, out, err);
    if (status == WEFT_OK) status = read_outputs(state, out, err);
    weft_run_state_close(state);
    if (status != WEFT_OK) weft_run_facts_dispose(out);
    return status;
}
