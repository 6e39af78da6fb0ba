/* What whoever runs a batch sees of it while it runs, and is told at the end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_OBSERVER_H
#define WEFT_PIPELINE_BATCH_OBSERVER_H

#include "pipeline/batch/batch_work.h"

#include <sys/types.h>

/* An attempt that is under way. */
typedef struct weft_running_job {
    int job; /* index */
    pid_t pid;
    bool is_plan; /* only its plan is made, for what it needs */
    weft_job_grant grant;
    int64_t attempt, started_ms, started_ns;
    char *log, *command;
} weft_running_job;

/* What an observer may look at; borrowed. */
typedef struct weft_batch_view {
    const weft_batch_work *work;
    const weft_running_job *running;
    int running_count;
    int counts[WEFT_JOB_STATE_COUNT]; /* of jobs, by state */
    double seconds;                   /* since the batch began */
    double seconds_left;              /* -1: not known */
} weft_batch_view;

/* What an observer is told. */
typedef enum weft_batch_event {
    WEFT_BATCH_BEGAN,  /* an attempt; reason: why the job runs */
    WEFT_BATCH_ENDED,  /* a job: done, failed, left */
    WEFT_BATCH_AGAIN,  /* an attempt failed, and there will be another; reason: how */
    WEFT_BATCH_TICKED, /* time has passed: job is NULL */
} weft_batch_event;

typedef void (*weft_batch_observer)(void *payload, weft_batch_event event, const weft_batch_view *view,
                                    const weft_job *job, const char *reason);

typedef struct weft_batch_options {
    const char *program; /* as a person calls it, for commands in the joblog */
    weft_batch_observer observer;
    void *payload;
    int tick_ms; /* between two ticks; 0: none */
} weft_batch_options;

typedef struct weft_batch_result {
    weft_job_cause worst; /* of all jobs */
    bool stopped;         /* by a signal; what was not done can be resumed */
    int second_signal;    /* that ended all at once; 0: none */
    double seconds;
} weft_batch_result;

#endif
