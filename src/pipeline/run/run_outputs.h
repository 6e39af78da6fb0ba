/* A run's outputs, over all of its attempts: the output files, the record of how far they are on disk, and the decision
 * whether a failure leads to another attempt.
 *
 * An attempt is open(), checkpoint() after chunks, describe() at the end, close(). After a failure try_again() says
 * whether there is another one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_OUTPUTS_H
#define WEFT_PIPELINE_RUN_OUTPUTS_H

#include "pipeline/outputs/table_outputs.h"
#include "pipeline/record/run_record.h"
#include "pipeline/run/run_attempts.h"
#include "pipeline/run/run_options.h"

#include <stdatomic.h>

/* Zero-initialised but for options, resume and attempts. One thread. */
typedef struct weft_run_outputs {
    const weft_run_options *options; /* borrowed */
    const weft_plan *plan;           /* once they are open; outlives them */
    weft_run_record record;
    weft_table_outputs tables;
    weft_run_attempts attempts;
    weft_text metadata; /* what the metadata file says, once it is written; the caller disposes of it */
    bool resume;        /* the next attempt resumes from the last one's checkpoint */
    bool could_resume;  /* as the last attempt ended: part of it is on disk */
} weft_run_outputs;

/* Begins an attempt: locks the run's folder, finds the row to begin at, checks that the disk has room, and opens all
 * outputs (none if record.was_finished). Call weft_run_outputs_close() also when it fails. Errors: those of
 * weft_run_record_open(), weft_disk_check() and weft_table_outputs_open(). */
weft_status weft_run_outputs_open(weft_run_outputs *outputs, const weft_plan *plan, weft_error *err);

/* Whether to make another attempt after a failed one, which is still open: weft_run_attempts_again(). */
bool weft_run_outputs_try_again(weft_run_outputs *outputs, weft_status *status, weft_error *err);

/* Takes a checkpoint (syncs all outputs and notes how far they are), if export.checkpoint_interval has passed or this
 * is the `last` chunk. seen: the marks of empty_columns.h. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_run_outputs_checkpoint(weft_run_outputs *outputs, atomic_uchar *seen, int64_t rows_done, bool last,
                                        weft_error *err);

/* Writes metadata.json, and calls options->summarised with the statistics. rows: of the table. Errors: WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_run_outputs_describe(weft_run_outputs *outputs, int64_t rows, weft_error *err);

/* For a run that was stopped when all its outputs were complete, but not named: gives them their final names. rows,
 * bytes: set to what they hold. Errors: WEFT_ERR_IO. */
weft_status weft_run_outputs_name_whole(weft_run_outputs *outputs, int64_t *rows, int64_t *bytes, weft_error *err);

/* Ends an attempt: closes everything, and notes what is on disk for the next attempt or another process. Workers must
 * be idle, and no other thread may use the writers. status, err: how it ended. */
void weft_run_outputs_close(weft_run_outputs *outputs, weft_status status, const weft_error *err);

#endif
