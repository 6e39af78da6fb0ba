/* SPDX-License-Identifier: MIT
 *
 * Which outputs are where on disk is the facts' `outputs`; the state file is brought up to them. */
#include "pipeline/record/run_record.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/retry.h"
#include "core/text.h"
#include "core/window.h"
#include "pipeline/formats/column_files.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/output_names.h"
#include "pipeline/record/run_identity.h"
#include "pipeline/record/run_sweep.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- where to begin --- */

static bool has_size(const char *path, int64_t bytes) {
    struct stat info;
    return stat(path, &info) == 0 && info.st_size == (off_t)bytes;
}

static bool part_has_size(const char *path, int64_t bytes) {
    return weft_output_file_part_bytes(path) == bytes;
}

/* Whether every output of a finished run still has its name; the metadata may be thrown away. */
static bool outputs_stand(const weft_run_facts *facts) {
    bool stand = facts->output_count > 1;
    for (int i = 0; i < facts->output_count - 1; i++)
        stand =
            stand && (facts->outputs[i].path[0] == '\0' || has_size(facts->outputs[i].path, facts->outputs[i].bytes));
    return stand;
}

/* So many cells of output `i` are one of the grid; after the plan's outputs come statistics and metadata. */
static int64_t cell_rows_of(const weft_run_record *record, int i) {
    return i < record->plan->output_count ? record->plan->outputs[i].cell_rows : 1;
}

/* Whether what a state notes can be true: it may be damaged, though it is well formed. */
static bool has_positions(const weft_run_record *record, const weft_run_facts *then) {
    const weft_plan *plan = record->plan;
    bool good = then->output_count == record->facts.output_count && then->rows_done <= plan->table_rows;
    for (int i = 0; i < then->output_count && good; i++) {
        int64_t cells = plan->table_cols * plan->table_rows * cell_rows_of(record, i);
        good = then->outputs[i].next_cell <= cells && then->outputs[i].rows <= cells;
    }
    return good;
}

/* Takes over how far each output is. Configurations are the same, so that outputs are too. */
static void take_positions(weft_run_record *record, weft_run_facts *then) {
    for (int i = 0; i < record->facts.output_count && i < then->output_count; i++) {
        weft_run_output *output = &record->facts.outputs[i];
        const weft_run_output *from = &then->outputs[i];
        char *format = output->format, *path = output->path;
        *output = *from;
        output->format = format;
        output->path = path;
    }
    record->facts.columns_seen = then->columns_seen;
    then->columns_seen = NULL;
    record->facts.rows_done = then->rows_done;
    record->facts.started_ms = then->started_ms;
    record->resumes = record->has_checkpoint = true;
}

static weft_status resume_run(weft_run_record *record, weft_run_facts *then, weft_error *err) {
    const char *name = then->experiment_id;
    weft_status status = weft_run_identity_compare(then, &record->facts, err);
    if (status != WEFT_OK) return status;
    if (then->phase == WEFT_RUN_FINISHED) {
        record->was_finished = outputs_stand(then);
        if (!record->was_finished)
            weft_log(WEFT_LOG_INFO, "%s is finished, but its outputs are gone: it starts from the beginning", name);
    } else if (weft_run_facts_can_resume(then) && !has_positions(record, then)) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: damaged: it says that more was written than there is to write",
                                record->folder.state_path);
        weft_error_hint(err, "run without --resume to start from the beginning");
    } else if (weft_run_facts_can_resume(then)) {
        take_positions(record, then);
        weft_log(WEFT_LOG_INFO, "%s continues after row %lld of %lld", name, (long long)then->rows_done,
                 (long long)then->grid_rows);
    } else {
        weft_log(WEFT_LOG_INFO, "%s has nothing on disk to resume: it starts from the beginning", name);
    }
    return status;
}

/* What a finished run of that name said of itself, at the place where this run's metadata would be. A shard whose part
 * is in the folder of all has nothing left but what that says. */
static weft_status read_finished(const weft_run_record *record, weft_run_facts *out) {
    const char *path = record->facts.outputs[record->facts.output_count - 1].path;
    const char *manifest = record->plan->config->shard.manifest;
    weft_status status = weft_finished_run_read(out, path, NULL);
    if (status != WEFT_OK && manifest != NULL) status = weft_finished_run_read(out, manifest, NULL);
    if (status != WEFT_OK || strcmp(out->experiment_id, record->facts.experiment_id) == 0) return status;
    weft_run_facts_dispose(out); /* export.name gives other experiments the same name */
    return WEFT_ERR_NO_INPUT;
}

static weft_status find_beginning(weft_run_record *record, weft_error *err) {
    weft_run_facts then = {0};
    weft_error reason = {0};
    weft_status status = weft_run_state_read(&then, record->folder.state_path, &reason);
    if (status == WEFT_OK) {
        status = resume_run(record, &then, err);
    } else if (status == WEFT_ERR_NO_INPUT && read_finished(record, &then) == WEFT_OK) {
        status = resume_run(record, &then, err);
    } else if (status == WEFT_ERR_NO_INPUT) {
        weft_log(WEFT_LOG_INFO, "%s: nothing to resume: it starts from the beginning", record->facts.experiment_id);
        status = WEFT_OK;
    } else if (status == WEFT_ERR_DATA && record->again) {
        weft_log(WEFT_LOG_WARNING, "%s; the run starts from the beginning", reason.message);
        status = WEFT_OK;
    } else {
        if (status == WEFT_ERR_DATA) weft_error_hint(&reason, "run without --resume to start from the beginning");
        if (err != NULL) *err = reason;
    }
    weft_run_facts_dispose(&then);
    return status;
}

/* A run to standard output keeps no state, but scratch. It has a folder of its own beside that of the experiment, whose
 * files may be there to be resumed. */
static weft_status take_folder(weft_run_record *record, const weft_config *config, weft_error *err) {
    if (!config->to_stdout) return weft_run_folder_take(&record->folder, config->output_dir, config->experiment, err);
    char *name = weft_text_format("%s.stdout.%lld", config->experiment, (long long)getpid());
    if (name == NULL) return weft_error_no_memory(err, "the run's folder");
    weft_status status = weft_run_folder_take(&record->folder, config->output_dir, name, err);
    free(name);
    return status;
}

weft_status weft_run_record_open(weft_run_record *record, const weft_plan *plan, bool resume, const char *command,
                                 weft_error *err) {
    const weft_config *config = plan->config;
    record->plan = plan;
    weft_status status = weft_run_identity_gather(&record->facts, plan, command, err);
    if (status == WEFT_OK && !config->to_stdout) status = weft_output_names_look(plan, &record->facts, err);
    if (status == WEFT_OK && record->folder.lock == NULL) status = take_folder(record, config, err);
    if (status == WEFT_OK && resume && config->to_stdout)
        weft_log(WEFT_LOG_INFO, "what goes to standard output cannot be resumed: it starts from the beginning");
    else if (status == WEFT_OK && resume)
        status = find_beginning(record, err);
    if (status == WEFT_OK)
        weft_run_sweep(config->output_dir, strrchr(record->folder.path, '/') + 1, plan->retries.cancel);
    return status;
}

/* --- starting --- */

/* An output that was whole is so under its part file's name or its own; if one of them is neither, rows are missing. */
static void check_whole(weft_run_record *record) {
    bool there = true;
    for (int i = 0; i < record->facts.output_count; i++) {
        const weft_run_output *output = &record->facts.outputs[i];
        there = there && output->whole &&
                (output->path[0] == '\0' || part_has_size(output->path, output->bytes) ||
                 has_size(output->path, output->bytes));
        const weft_format *format = i < record->plan->output_count ? record->plan->outputs[i].format : NULL;
        if (format != NULL && format->column_file != NULL)
            there = there && weft_column_files_are_there(record->plan, format);
    }
    for (int i = 0; i < record->facts.output_count && !there; i++)
        if (record->facts.outputs[i].whole) weft_run_output_begin_anew(&record->facts.outputs[i]);
}

/* A transaction that failed was rolled back, and may be tried again. */
static weft_status write_checkpoint(weft_run_record *record, int64_t rows_done, weft_error *err) {
    const weft_run_facts *facts = &record->facts;
    weft_retry retry = {0};
    weft_error reason = {0};
    weft_status status;
    do
        status = weft_run_state_checkpoint(record->state, facts->outputs, facts->output_count, rows_done,
                                           facts->columns_seen, weft_clock_wall_ms(), &reason);
    while (status != WEFT_OK && reason.may_pass && weft_retry_wait(&retry));
    /* It was sound when it was opened. A rollback reads the journal back, and finds nothing where the file system drops
     * pages that it could not write: then the state is lost, but not the job, which begins anew. */
    if (status == WEFT_ERR_DATA) {
        status = reason.status = WEFT_ERR_IO;
        reason.may_pass = true;
    }
    if (status != WEFT_OK && err != NULL) *err = reason;
    return status;
}

weft_status weft_run_record_start(weft_run_record *record, weft_table_outputs *outputs, weft_error *err) {
    weft_run_facts *facts = &record->facts;
    const char *path = record->folder.state_path;
    if (record->resumes) check_whole(record);
    weft_status status = weft_table_outputs_open(outputs, record->plan, record->folder.path, facts->outputs, err);
    if (status != WEFT_OK || record->plan->config->to_stdout) return status;
    if (!record->resumes) return weft_run_state_create(&record->state, path, facts, err);
    status = weft_run_state_continue(&record->state, path, facts, err);
    /* An output that is written from the beginning must not be resumed where it was. */
    return status == WEFT_OK ? write_checkpoint(record, facts->rows_done, err) : status;
}

int64_t weft_run_record_first_row(const weft_run_record *record) {
    const weft_plan *plan = record->plan;
    int64_t row = INT64_MAX;
    /* All but the metadata take the chunks. What has nothing begins at its own first cell. */
    for (int i = 0; i < record->facts.output_count - 1; i++)
        row = weft_smaller(row, record->facts.outputs[i].next_cell / (plan->table_cols * cell_rows_of(record, i)));
    return weft_larger(row, plan->first_row);
}

bool weft_run_record_is_whole(const weft_run_record *record) {
    bool whole = record->resumes;
    for (int i = 0; i < record->facts.output_count; i++)
        whole = whole && record->facts.outputs[i].whole;
    return whole;
}

weft_status weft_run_record_resume_writers(const weft_run_record *record, weft_table_outputs *outputs,
                                           weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->writer_count && status == WEFT_OK; i++) {
        const weft_run_output *from = &record->facts.outputs[i];
        weft_table_position at = {from->bytes, from->spool_bytes, from->next_cell, from->rows};
        if (from->bytes > 0 || from->next_cell > 0)
            status = outputs->writers[i]->kind->resume(outputs->writers[i], &at, err);
    }
    return status;
}

/* --- checkpoints --- */

/* The names of part files and of the folders above the state: once, they do not change. */
static weft_status sync_folders(weft_run_record *record, weft_error *err) {
    char *parent = weft_text_format("%s/.weft", record->folder.output_dir);
    if (parent == NULL) return weft_error_no_memory(err, "a checkpoint");
    weft_status status = weft_sync_folder(record->folder.path, err);
    if (status == WEFT_OK) status = weft_sync_folder(parent, err);
    if (status == WEFT_OK) status = weft_sync_folder(record->folder.output_dir, err);
    record->folders_synced = status == WEFT_OK;
    free(parent);
    return status;
}

/* Brings one output to disk and notes where it stands. */
static weft_status note_output(weft_run_output *output, weft_table_writer *writer, weft_error *err) {
    weft_table_position at = {0};
    weft_output_file *file = writer->output;
    if (writer->kind->position == NULL) return WEFT_OK;
    writer->kind->position(writer, &at);
    weft_status status = file == NULL ? WEFT_OK : weft_output_file_sync(file, err);
    if (status == WEFT_OK && file != NULL) status = weft_output_file_digest(file, output->hash, err);
    if (status == WEFT_OK && writer->kind->sync_spool != NULL)
        status = writer->kind->sync_spool(writer, output->spool_hash, err);
    if (status != WEFT_OK) return status;
    output->bytes = at.bytes;
    output->spool_bytes = at.spool_bytes;
    output->next_cell = at.next_cell;
    output->rows = at.rows;
    return WEFT_OK;
}

static weft_status keep(weft_run_record *record, int64_t rows_done, weft_error *err) {
    weft_status status = record->folders_synced ? WEFT_OK : sync_folders(record, err);
    if (status == WEFT_OK) status = write_checkpoint(record, rows_done, err);
    if (status != WEFT_OK) return status;
    record->has_checkpoint = weft_run_facts_can_resume(&record->facts);
    record->facts.rows_done = rows_done;
    record->checkpointed_ns = weft_clock_monotonic_ns();
    return WEFT_OK;
}

bool weft_run_record_is_due(const weft_run_record *record, bool last) {
    int64_t pause_ns = record->plan->config->checkpoint_interval_ms * 1000000;
    return last || weft_clock_monotonic_ns() - record->checkpointed_ns >= pause_ns;
}

weft_status weft_run_record_checkpoint(weft_run_record *record, weft_table_outputs *outputs, int64_t rows_done,
                                       bool last, weft_error *err) {
    if (!weft_run_record_is_due(record, last)) return WEFT_OK;
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->writer_count && status == WEFT_OK; i++)
        status = note_output(&record->facts.outputs[i], outputs->writers[i], err);
    return status == WEFT_OK ? keep(record, rows_done, err) : status;
}

static weft_status note_whole(weft_run_output *output, weft_output_file *file, int64_t rows, weft_error *err) {
    weft_status status = file == NULL ? WEFT_OK : weft_output_file_sync(file, err);
    if (status == WEFT_OK && file != NULL) status = weft_output_file_digest(file, output->hash, err);
    if (status != WEFT_OK) return status;
    if (file != NULL) output->bytes = weft_output_file_size(file);
    output->rows = rows;
    output->whole = true;
    return WEFT_OK;
}

weft_status weft_run_record_whole(weft_run_record *record, weft_table_outputs *outputs, weft_error *err) {
    weft_run_output *noted = record->facts.outputs;
    weft_status status = WEFT_OK;
    record->folders_synced = false; /* pictures and metadata have come since */
    for (int i = 0; i < outputs->writer_count && status == WEFT_OK; i++)
        status = note_whole(&noted[i], outputs->writers[i]->output, outputs->writers[i]->rows, err);
    if (status == WEFT_OK) status = note_whole(&noted[record->facts.output_count - 1], outputs->metadata, 0, err);
    return status == WEFT_OK ? keep(record, record->plan->end_row, err) : status;
}

/* --- the end --- */

/* What is on disk is of no use when the fault is in what was asked for. */
static bool is_worth_keeping(weft_status status) {
    return status != WEFT_ERR_DATA && status != WEFT_ERR_NO_INPUT && status != WEFT_ERR_USAGE;
}

bool weft_run_record_can_resume(const weft_run_record *record, weft_status status) {
    return status != WEFT_OK && record->has_checkpoint && is_worth_keeping(status);
}

void weft_run_record_end(weft_run_record *record, weft_status status, const char *message) {
    weft_run_kept kept = weft_run_record_can_resume(record, status) ? WEFT_RUN_KEEP_SPOOLS : WEFT_RUN_KEEP_NOTHING;
    weft_run_phase phase = status == WEFT_OK              ? WEFT_RUN_FINISHED
                           : status == WEFT_ERR_CANCELLED ? WEFT_RUN_INTERRUPTED
                                                          : WEFT_RUN_FAILED;
    weft_error reason = {0};
    /* A refused --resume, or a run that was finished before, leaves all as it was. */
    bool to_stdout = record->plan != NULL && record->plan->config->to_stdout;
    if (record->state == NULL) kept = to_stdout ? WEFT_RUN_KEEP_NOTHING : WEFT_RUN_KEEP_SPOOLS;
    if (record->state != NULL && kept != WEFT_RUN_KEEP_NOTHING &&
        weft_run_state_end(record->state, phase, message, weft_clock_wall_ms(), &reason) != WEFT_OK)
        weft_log(WEFT_LOG_WARNING, "%s", reason.message);
    weft_run_state_close(record->state);
    weft_run_folder_release(&record->folder, kept);
    weft_run_facts_dispose(&record->facts);
    *record = (weft_run_record){0};
}
