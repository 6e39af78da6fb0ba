/* The record of a run that lets another process go on with it: where it begins, its checkpoints, how it ends.
 *
 * A checkpoint first brings all outputs and spools to disk, then notes how far they are, in one transaction: at any
 * moment, what the state says is there.
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
    bool again;          /* set before it is opened: an attempt of this process failed, and begins again by itself */
    bool goes_on;        /* outputs have something on disk */
    bool was_finished;   /* nothing is left to do */
    bool has_checkpoint; /* something can be gone on with */
    int64_t checkpointed_ns; /* when, monotonic */
    bool folders_synced;
} weft_run_record;

/* Locks the run's folder, if record->folder is not it already, and says where to begin: anew, or, with `resume`, at the
 * last checkpoint of the run of that name, where there is one; says on the log which it is.
 *
 * command  that goes on with this run, or NULL
 * errors   WEFT_ERR_BUSY (another run has it: names its process), WEFT_ERR_DATA (configuration or inputs changed: says
 *          which; all is as it was), WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY */
weft_status weft_run_record_open(weft_run_record *record, const weft_plan *plan, bool resume, const char *command,
                                 weft_error *err);

/* Opens the outputs where they go on, and keeps from now on that the run is under way. Errors:
 * weft_table_outputs_open()'s. */
weft_status weft_run_record_start(weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* The first grid row that not every output has. */
int64_t weft_run_record_first_row(const weft_run_record *record);
/* Whether all outputs are whole already, and only their names may be missing. */
bool weft_run_record_is_whole(const weft_run_record *record);

/* Tells the writers where they go on. Errors: theirs. */
weft_status weft_run_record_resume_writers(const weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* Whether the next call takes a checkpoint. */
bool weft_run_record_is_due(const weft_run_record *record, bool last);
/* Takes a checkpoint, if the last is long enough ago or this is the `last`. Errors: WEFT_ERR_IO. */
weft_status weft_run_record_checkpoint(weft_run_record *record, weft_table_outputs *outputs, int64_t rows_done,
                                       bool last, weft_error *err);
/* Keeps that all outputs are whole, before they get their names. Errors: WEFT_ERR_IO. */
weft_status weft_run_record_whole(weft_run_record *record, weft_table_outputs *outputs, weft_error *err);

/* Whether another process can go on with a run that ends with `status`: part files are then to be kept. */
bool weft_run_record_can_go_on(const weft_run_record *record, weft_status status);

/* Notes how the run ended and lets its folder go, when its files are closed. message: of the failure. */
void weft_run_record_end(weft_run_record *record, weft_status status, const char *message);

#endif
