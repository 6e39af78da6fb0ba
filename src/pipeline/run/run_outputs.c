/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_outputs.h"

#include "core/text.h"
#include "pipeline/outputs/disk_check.h"
#include "pipeline/outputs/metadata_file.h"
#include "pipeline/outputs/stats_report.h"
#include "pipeline/run/empty_columns.h"
#include "stages/writers/stats_writer.h"

weft_status weft_run_outputs_open(weft_run_outputs *outputs, const weft_plan *plan, weft_error *err) {
    weft_run_record *record = &outputs->record;
    outputs->plan = plan;
    outputs->tables.joined = outputs->options->shards != NULL;
    weft_status status = weft_make_folders(plan->config->output_dir, err);
    if (status != WEFT_OK) return status;
    if (outputs->options->folder != NULL) {
        record->folder = *outputs->options->folder;
        *outputs->options->folder = (weft_run_folder){0};
    }
    record->again = atomic_load(&outputs->attempts.account.retries) > 0;
    status = weft_run_record_open(record, plan, outputs->resume, outputs->options->resume_command, err);
    if (status != WEFT_OK || record->was_finished) return status;
    status = weft_disk_check(plan, err);
    return status == WEFT_OK ? weft_run_record_start(record, &outputs->tables, err) : status;
}

/* A file server is away for a minute, say, and a write fails. Outputs are then as they were at the last checkpoint, of
 * which the state tells, and the next attempt resumes there as another process would with --resume. But a state that
 * was there before this run made its own is an earlier run's, which this one was to replace: unless --resume was asked
 * for, the next attempt begins anew too. */
bool weft_run_outputs_try_again(weft_run_outputs *outputs, weft_status *status, weft_error *err) {
    if (outputs->plan->config->to_stdout) return false; /* what was read cannot be taken back */
    if (!weft_run_attempts_again(&outputs->attempts, outputs->record.facts.rows_done, status, err)) return false;
    outputs->resume = outputs->resume || outputs->record.state != NULL;
    return true;
}

weft_status weft_run_outputs_checkpoint(weft_run_outputs *outputs, atomic_uchar *seen, int64_t rows_done, bool last,
                                        weft_error *err) {
    if (outputs->plan->config->to_stdout) return WEFT_OK;
    weft_status status = weft_empty_columns_note(&outputs->record, seen, weft_empty_columns_marks(outputs->plan), err);
    if (status != WEFT_OK) return status;
    return weft_run_record_checkpoint(&outputs->record, &outputs->tables, rows_done, last, err);
}

weft_status weft_run_outputs_describe(weft_run_outputs *outputs, int64_t rows, weft_error *err) {
    const weft_plan *plan = outputs->plan;
    const weft_table_writer *stats = outputs->tables.stats;
    weft_metadata metadata = {.plan = plan,
                              .outputs = &outputs->tables,
                              .facts = &outputs->record.facts,
                              .rows = rows,
                              .started_ms = outputs->record.facts.started_ms};
    weft_status status = WEFT_OK;
    weft_text_dispose(&outputs->metadata);
    if (!plan->config->to_stdout)
        status = weft_metadata_file_write(&outputs->tables.metadata, &metadata, &outputs->metadata, err);
    if (status != WEFT_OK || stats == NULL || outputs->options->summarised == NULL) return status;
    weft_text text = {0};
    status = weft_stats_describe(plan, weft_stats_writer_columns(stats), stats->rows, &text, err);
    if (status == WEFT_OK) outputs->options->summarised(outputs->options->summarised_payload, text.data);
    weft_text_dispose(&text);
    return status;
}

/* The run was stopped while its outputs got their names. A name that is there may not be on disk yet: the power may
 * have failed between a rename and the sync of the folder. So the folder is synced, whether there was something to
 * rename or not. */
weft_status weft_run_outputs_name_whole(weft_run_outputs *outputs, int64_t *rows, int64_t *bytes, weft_error *err) {
    const weft_run_facts *facts = &outputs->record.facts;
    *rows = facts->outputs[0].rows;
    *bytes = 0;
    for (int i = 0; i < facts->output_count; i++)
        *bytes += facts->outputs[i].bytes;
    weft_status status = weft_table_outputs_commit(&outputs->tables, err);
    return status == WEFT_OK ? weft_sync_folder(outputs->plan->config->output_dir, err) : status;
}

/* An attempt that failed before it had a state of its own has changed nothing on disk: what the one before it left can
 * still be resumed. */
void weft_run_outputs_close(weft_run_outputs *outputs, weft_status status, const weft_error *err) {
    weft_run_record *record = &outputs->record;
    outputs->could_resume = weft_run_record_can_resume(record, status) ||
                            (outputs->could_resume && record->state == NULL && status != WEFT_OK);
    if (outputs->could_resume) weft_table_outputs_keep_parts(&outputs->tables, record->facts.outputs);
    weft_table_outputs_dispose(&outputs->tables);
    weft_run_record_end(record, status, status == WEFT_OK ? NULL : err->message);
}
