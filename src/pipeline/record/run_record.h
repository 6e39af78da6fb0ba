/* The record of a run from which another process can resume it: where the run begins, its checkpoints, how it ends.
 *
 * A checkpoint first syncs all outputs and spools, then notes their lengths in the run state, in one transaction. So
 * what the state says is on disk at any moment.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_RECORD_H
#define WEFT_PIPELINE_RUN_RECORD_H

#include "pipeline/outputs/table_outputs.h"
#include "pipeline/record/run_folder.h"

/* Zero-initialised is none. One thread. */
typedef struct weft_run_record {
    const weft_plan *plan; /* borrowed */
    weft_run_folder folder;
    weft_run_facts facts; /* outputs: as the last checkpoint has them */
    weft_run_state *state;
    bool again;              /* set before it is opened: an attempt of this process failed, and it makes another */
    bool resumes;            /* outputs have rows on disk from which the run is resumed */
    bool was_finished;       /* nothing is left to do */
    bool has_checkpoint;     /* there is a checkpoint to resume from */
    int64_t checkpointed_ns; /* when, monotonic */
    bool folders_synced;
} weft_run_record;

/* Locks the run's folder, unless record->folder is that already, and finds where to begin: with `resume` at the last
 * checkpoint of the run of that name, where there is one, else at the first row. Logs which it is.
 *
 * command  to type for resuming this run, or NULL
 * errors   WEFT_ERR_BUSY (another run has it: names its process), WEFT_ERR_DATA (configuration or inputs changed: says
 *          which; nothing was changed), WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY */
weft_status weft_run_record_open(weft_run_record *record, const weft_plan *plan, bool resume, const char *command,
                                 weft_error *err);

/* Opens the outputs, cut to their last checkpoint, and notes in the state that the run is under way. Errors: those of
 * weft_table_outputs_open(). */
weft_status weft_run_record_start(weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* The first grid row that not every output has. */
int64_t weft_run_record_first_row(const weft_run_record *record);
/* Whether all outputs are whole already, and only their names may be missing. */
bool weft_run_record_is_whole(const weft_run_record *record);

/* Tells the writers from which cell they continue. Errors: theirs. */
weft_status weft_run_record_resume_writers(const weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* Whether the next call takes a checkpoint. */
bool weft_run_record_is_due(const weft_run_record *record, bool last);
/* Takes a checkpoint, if the last is long enough ago or this is the `last`. Errors: WEFT_ERR_IO. */
weft_status weft_run_record_checkpoint(weft_run_record *record, weft_table_outputs *outputs, int64_t rows_done,
                                       bool last, weft_error *err);
/* Notes that all outputs are complete, before they get their final names. Errors: WEFT_ERR_IO. */
weft_status weft_run_record_whole(weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* Whether another process can resume a run that ends with `status`; then its part files must stay. */
bool weft_run_record_can_resume(const weft_run_record *record, weft_status status);

/* Notes how the run ended, and unlocks its folder. Call it when the outputs are closed. message: of the failure. */
void weft_run_record_end(weft_run_record *record, weft_status status, const char *message);

#endif
