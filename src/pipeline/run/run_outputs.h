/* What a run writes, over all of its attempts: the outputs, the record of how far they are on disk, and whether a
 * failure is a reason to begin again from there.
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
    bool resume;        /* the next attempt goes on where the last one was */
    bool could_go_on;   /* as the last attempt ended: part of it is on disk */
} weft_run_outputs;

/* Begins an attempt: takes the run's folder, says where to begin, checks that the disk has room, and opens all outputs,
 * unless record.was_finished. Errors: those of weft_run_record_open(), weft_disk_check() and weft_table_outputs_open();
 * then the attempt is to be closed too. */
weft_status weft_run_outputs_open(weft_run_outputs *outputs, const weft_plan *plan, weft_error *err);

/* Whether to make another attempt after one that failed with *status and *err; waits before it says so, and *status and
 * *err change where the run was asked to stop meanwhile. The failed attempt is still to be closed. */
bool weft_run_outputs_try_again(weft_run_outputs *outputs, weft_status *status, weft_error *err);

/* Notes how far all are on disk, if it is time to or this is the `last` chunk. seen: the marks of empty_columns.h.
 * Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_run_outputs_checkpoint(weft_run_outputs *outputs, atomic_uchar *seen, int64_t rows_done, bool last,
                                        weft_error *err);

/* Writes the metadata and gives the statistics to whoever asked. rows: of the table. Errors: WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_run_outputs_describe(weft_run_outputs *outputs, int64_t rows, weft_error *err);

/* Gives all outputs of a run their names that had everything in them when it was stopped: rows and bytes are what they
 * hold. Errors: WEFT_ERR_IO. */
weft_status weft_run_outputs_name_whole(weft_run_outputs *outputs, int64_t *rows, int64_t *bytes, weft_error *err);

/* Ends an attempt, with workers idle and nobody reading writers: closes all that it has open, and notes what it has on
 * disk for the next attempt or for another process. status, err: how it ended. */
void weft_run_outputs_close(weft_run_outputs *outputs, weft_status status, const weft_error *err);

#endif
