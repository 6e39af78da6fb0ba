/* What the parts of a batch work with.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_WORK_H
#define WEFT_PIPELINE_BATCH_WORK_H

#include "pipeline/batch/batch_folder.h"
#include "pipeline/batch/job_files.h"
#include "pipeline/batch/job_grants.h"
#include "pipeline/batch/job_list.h"

/* What is known of the memory that jobs of one kind want: those of an entry with grids about as large (to a factor of
 * two) that make as many columns by the same methods into the same formats. A plan of one of them is made for all. */
typedef struct weft_kind_estimate {
    enum { WEFT_ESTIMATE_NONE, WEFT_ESTIMATE_PLANNING, WEFT_ESTIMATE_KNOWN } state;
    int64_t min_bytes, desired_bytes; /* of the plan of one of its jobs */
    double values;                    /* cells of all columns, of that job; 0: not known */
    int64_t peak_bytes;               /* the most that one of its jobs took; 0: none has ended */
} weft_kind_estimate;

typedef struct weft_batch_work {
    const weft_batch_file *batch; /* borrowed */
    weft_job_list list;
    weft_batch_folder folder;
    weft_job_compare compare; /* record: NULL in a dry run of a batch that never ran */
    weft_job_grants grants;
    weft_kind_estimate *estimates; /* one a kind; room for one a job */
} weft_batch_work;

/* Makes the list of jobs, and the budget; opens nothing. The caller disposes of it in any case.
 *
 * problems  as weft_job_list_make() has them
 * errors    WEFT_ERR_DATA, WEFT_ERR_MEMORY */
weft_status weft_batch_work_init(weft_batch_work *out, const weft_batch_file *batch, weft_problems *problems,
                                 weft_error *err);
/* Takes the batch's folder and opens its record. Errors: those of weft_batch_folder_take() and of
 * weft_batch_record_open(). */
weft_status weft_batch_work_open(weft_batch_work *work, weft_error *err);
void weft_batch_work_dispose(weft_batch_work *work);

/* Loads every job's configuration once, before anything runs: a job whose configuration is wrong has failed. Two jobs
 * that write one output are a problem of the batch.
 *
 * problems  of the batch
 * errors    WEFT_ERR_DATA (`problems` says what), WEFT_ERR_MEMORY */
weft_status weft_batch_work_check(weft_batch_work *work, weft_problems *problems, weft_error *err);

/* Notes that a job has failed, before an attempt at it, with `err`'s message. */
void weft_batch_work_fail(weft_job *job, const weft_error *err);

#endif
