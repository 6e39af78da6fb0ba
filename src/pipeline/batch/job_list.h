/* The jobs of a batch, and which need which.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_LIST_H
#define WEFT_PIPELINE_JOB_LIST_H

#include "config/batch/batch_file.h"
#include "pipeline/batch/job_cause.h"

typedef enum weft_job_state {
    WEFT_JOB_WAITS, /* for jobs that it needs, for its turn, for memory, or for its next attempt */
    WEFT_JOB_RUNS,
    WEFT_JOB_IS_DONE,
    WEFT_JOB_IS_UNCHANGED, /* it was done before, and nothing of it has changed */
    WEFT_JOB_HAS_FAILED,
    WEFT_JOB_IS_BLOCKED, /* a job that it needs was not done */
    WEFT_JOB_IS_LEFT,    /* the batch ended before it did */
    WEFT_JOB_STATE_COUNT
} weft_job_state;

/* "done" */
const char *weft_job_state_name(weft_job_state state);

typedef struct weft_job {
    char *name;
    int entry, number; /* of the batch file's entries, and of that entry's jobs */
    int kind;          /* jobs of one kind are expected to want as much memory (batch_work.h) */
    int *needs;        /* indices of jobs */
    int need_count;
    int unmet; /* of them, those that are not done yet */
    weft_job_state state;
    weft_job_cause cause;    /* of the last attempt, or why there was none */
    int exit_code, signal;   /* of the last attempt */
    char *message;           /* what it said; NULL: nothing */
    int attempts;            /* of this batch */
    int64_t attempts_before; /* of earlier ones */
    double seconds;          /* all attempts of this batch */
    int64_t granted_bytes, peak_bytes, rows;
} weft_job;

typedef struct weft_job_list {
    weft_job *jobs; /* in the order in which they are begun */
    int count;
    int *dependents; /* of job i: those at first_dependent[i] .. first_dependent[i + 1] - 1 */
    int *first_dependent;
} weft_job_list;

/* Makes the jobs of a batch file.
 *
 * out       disposed by the caller, also on failure
 * problems  each with file, line and column: invalid or duplicate names, needs that are no job, jobs that need each
 *           other
 * errors    WEFT_ERR_DATA (`problems` says what), WEFT_ERR_MEMORY */
weft_status weft_job_list_make(weft_job_list *out, const weft_batch_file *batch, weft_problems *problems,
                               weft_error *err);
void weft_job_list_dispose(weft_job_list *list);

#endif
