/* The table's files: opened before anything is computed, each with the writer of its format, committed together.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_TABLE_OUTPUTS_H
#define WEFT_PIPELINE_TABLE_OUTPUTS_H

#include "core/memory/keep.h"
#include "pipeline/plan/plan.h"
#include "stages/writers/table_writer.h"
#include "store/run_state.h"

/* Zero-initialised is empty. One thread. */
typedef struct weft_table_outputs {
    int count;
    weft_output_file *files[WEFT_PLAN_MAX_OUTPUTS];
    weft_table_writer *writers[WEFT_PLAN_MAX_OUTPUTS + 1]; /* the files', then the statistics', if there are any */
    int writer_count;
    weft_table_writer *stats;   /* the last writer; NULL: no statistics */
    weft_output_file *metadata; /* what describes all of it, once it is written */
    weft_keep keep;             /* what the writers borrow */
    const weft_plan *plan;      /* once it is open; outlives it */
    bool joined;       /* set before it is opened: of pieces, which are copied; hashed only where it is asked for */
    bool keep_columns; /* the files of columns stay: they have their names, or are to get them in another process */
} weft_table_outputs;

/* Opens every output of the plan beside its final place, so that a busy or forbidden one is known at once.
 *
 * at       how far each is on disk, where it goes on, in the order of weft_run_identity_gather(). Where its part file
 *          is not that far, or does not hold the bytes that were noted, or its spool in `scratch_folder` is not, it
 * begins anew; `at` says so then, and the log. The file of one that is whole and has its name stays NULL errors   those
 * of weft_output_file_open() */
weft_status weft_table_outputs_open(weft_table_outputs *outputs, const weft_plan *plan, const char *scratch_folder,
                                    weft_run_output *at, weft_error *err);

/* Makes the writers. spec: of the plan's columns; rows: of the plan's table. These and `plan` outlive them. Errors:
 * WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_table_outputs_start(weft_table_outputs *outputs, const weft_plan *plan, const weft_table_spec *spec,
                                     const weft_table_spec *rows, const char *scratch_folder, weft_error *err);

/* Syncs and renames each that has not got its name yet, in order. Errors: WEFT_ERR_IO. */
weft_status weft_table_outputs_commit(weft_table_outputs *outputs, weft_error *err);

/* Part files of which `at` has something on disk stay when they are closed, for another process to go on with. */
void weft_table_outputs_keep_parts(weft_table_outputs *outputs, const weft_run_output *at);

/* The writers go first: before the work pool and the ledger do. */
void weft_table_outputs_free_writers(weft_table_outputs *outputs);
void weft_table_outputs_dispose(weft_table_outputs *outputs);

#endif
