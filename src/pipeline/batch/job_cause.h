/* Why an attempt at a job ended, and what that asks for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_CAUSE_H
#define WEFT_PIPELINE_JOB_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum weft_job_cause {
    WEFT_CAUSE_NONE,
    WEFT_CAUSE_USAGE,      /* 64 */
    WEFT_CAUSE_DATA,       /* 65: the configuration or an input */
    WEFT_CAUSE_NO_INPUT,   /* 66 */
    WEFT_CAUSE_PERMISSION, /* 77 */
    WEFT_CAUSE_MEMORY,     /* 71, or killed while memory was short */
    WEFT_CAUSE_BUSY,       /* 73: another run has the output */
    WEFT_CAUSE_IO,         /* 74 */
    WEFT_CAUSE_STOPPED,    /* 75: the batch was asked to stop */
    WEFT_CAUSE_TIMEOUT,
    WEFT_CAUSE_KILLED,   /* SIGKILL of somebody, not for memory */
    WEFT_CAUSE_CRASH,    /* 70, any other code, or a signal */
    WEFT_CAUSE_NEEDED,   /* a job that it needs was not done */
    WEFT_CAUSE_INTERNAL, /* the batch's own */
} weft_job_cause;

/* "memory" */
const char *weft_job_cause_name(weft_job_cause cause);

/* How a process ended. */
typedef struct weft_job_end {
    int exit_code;
    int signal;        /* that ended it; 0: it exited */
    bool memory_short; /* memory was short: the kernel killed some process, or it had taken its grant */
    bool timed_out;    /* the batch ended it, since it ran longer than its timeout */
    bool stopped;      /* the batch ended it, since it was asked to stop */
} weft_job_end;

/* A process that the batch stopped, and that came to its end all the same, is done. */
weft_job_cause weft_job_cause_of(const weft_job_end *end);

typedef enum weft_job_retry {
    WEFT_RETRY_NEVER,
    WEFT_RETRY_AS_IT_IS,
    WEFT_RETRY_ONCE, /* as it is; what ends so twice in a row does so again */
    WEFT_RETRY_WITH_MORE_MEMORY,
    WEFT_RETRY_LATER, /* as it is, after longer pauses */
} weft_job_retry;

weft_job_retry weft_job_cause_retry(weft_job_cause cause);
/* Whether part of the job may be on disk, to be resumed. */
bool weft_job_cause_resumes(weft_job_cause cause);
/* Before the next attempt, after `failures` of them: twice as long each time, five times as long for LATER, a minute at
 * most, or first_ms where that is more. */
int64_t weft_job_retry_pause_ms(weft_job_retry retry, int64_t first_ms, int failures);

/* The exit code of a batch's job that ended so. */
int weft_job_cause_exit_code(weft_job_cause cause);
/* The cause that says more about a whole batch. */
weft_job_cause weft_job_cause_worse(weft_job_cause a, weft_job_cause b);

#endif
