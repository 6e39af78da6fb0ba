/* Between the files of this folder only: a batch while it runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_LOOP_H
#define WEFT_PIPELINE_BATCH_LOOP_H

#include "pipeline/batch/batch_observer.h"
#include "pipeline/batch/job_prepare.h"
#include "pipeline/batch/process/job_server.h"

/* What the loop knows of a job besides what others may see. */
typedef struct weft_job_turn {
    weft_prepared_job *prepared; /* from its turn until it has ended; else NULL */
    int64_t not_before_ns;       /* of its next attempt */
    int64_t floor_bytes;         /* of its next grant, since less was too little */
    int overtaken;               /* times that a later job began while memory was short for this one */
    bool anew;                   /* nothing is resumed */
} weft_job_turn;

/* An attempt, and what the loop does to it. */
typedef struct weft_job_watch {
    int64_t deadline_ns; /* 0: none */
    int64_t kill_ns;     /* when it gets SIGKILL, having been asked to end; 0: never */
    bool timed_out, stopped;
    int64_t memory_kills; /* weft_memory_kills() when it began */
    bool resumed;         /* it was to resume what an earlier one left */
} weft_job_watch;

typedef struct weft_batch_loop {
    weft_batch_work *work;
    const weft_batch_options *options;
    weft_job_turn *turns;      /* one a job */
    weft_running_job *running; /* room for a worker each */
    weft_job_watch *watches;   /* of them, in the same order */
    int running_count;
    int first;               /* no job before it waits */
    bool stopping;           /* nothing begins any more */
    weft_job_server *server; /* NULL: there is none */
    weft_batch_result *result;
    int64_t began_ns;
    sigset_t mask; /* the process's own */
    int counts[WEFT_JOB_STATE_COUNT];
} weft_batch_loop;

/* Tells the observer, with a view of all. */
void weft_batch_loop_tell(const weft_batch_loop *loop, weft_batch_event event, const weft_job *job, const char *reason);

/* Another state of a job. */
void weft_batch_loop_set(weft_batch_loop *loop, weft_job *job, weft_job_state state);

/* Gives a job its last state, lets those go on that need it, or blocks them. */
void weft_batch_loop_settle(weft_batch_loop *loop, int job, weft_job_state state);

/* --- one attempt (batch_attempt.c) --- */

/* Starts an attempt at a prepared job with a grant that is taken; gives it back on failure. Errors: WEFT_ERR_IO,
 * WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_batch_attempt_start(weft_batch_loop *loop, int job, weft_job_grant grant, bool is_plan,
                                     weft_error *err);
/* Takes running attempt `at`, whose process has ended so, off the list, and notes what came of it. Errors: as above. */
weft_status weft_batch_attempt_end(weft_batch_loop *loop, int at, weft_job_end end, const weft_job_usage *usage,
                                   weft_error *err);

#endif
