/* The table's files: opened before anything is computed, each with the writer of its format, committed together.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_TABLE_OUTPUTS_H
#define WEFT_PIPELINE_TABLE_OUTPUTS_H

#include "core/memory/keep.h"
#include "pipeline/outputs/run_table.h"
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

/* Opens the part file of every output of the plan, so that an output that is in use or forbidden is known at once.
 *
 * at       how far each output is on disk, in the order of weft_run_identity_gather(). An output whose part file or spool
 *          (in `scratch_folder`) is shorter, or has other bytes than were noted, begins again from the first row; `at` is
 *          changed, and the log says so. The file of an output that has its final name already stays NULL
 * errors   those of weft_output_file_open() */
weft_status weft_table_outputs_open(weft_table_outputs *outputs, const weft_plan *plan, const char *scratch_folder,
                                    weft_run_output *at, weft_error *err);

/* Makes the writers. `plan` and `table` outlive them. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_table_outputs_start(weft_table_outputs *outputs, const weft_plan *plan, const weft_run_table *table,
                                     const char *scratch_folder, weft_error *err);

/* Syncs every output that has not got its final name yet and renames it, in order. Errors: WEFT_ERR_IO. */
weft_status weft_table_outputs_commit(weft_table_outputs *outputs, weft_error *err);

/* Keeps the part files that `at` has bytes of when the outputs are closed, so that another process can continue them. */
void weft_table_outputs_keep_parts(weft_table_outputs *outputs, const weft_run_output *at);

/* The writers go first: before the work pool and the ledger do. */
void weft_table_outputs_free_writers(weft_table_outputs *outputs);
void weft_table_outputs_dispose(weft_table_outputs *outputs);

#endif
