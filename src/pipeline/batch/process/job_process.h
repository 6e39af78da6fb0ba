/* A job's process: this program again, in a process group of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_PROCESS_H
#define WEFT_PIPELINE_JOB_PROCESS_H

#include "core/status.h"
#include "pipeline/batch/job_cause.h"

#include <signal.h>
#include <sys/types.h>

/* What a process is given by this one. */
typedef struct weft_job_descriptors {
    int output, error; /* its standard output and error */
    int kept;          /* stays open as long as it lives, under the same number */
} weft_job_descriptors;

/* Starts this program, from its file, with `arguments` (ending with NULL; the first is the program's name). Standard input is empty.
 * It dies with this process, and does not get what a terminal sends to this one's group.
 *
 * mask    the signals that it has blocked
 * errors  WEFT_ERR_MEMORY, WEFT_ERR_IO */
weft_status weft_job_process_start(pid_t *out, char *const *arguments, const weft_job_descriptors *given,
                                   const sigset_t *mask, weft_error *err);

/* In a new process: takes what it is given and leaves its parent's group. Standard input becomes empty. False: it
 * cannot. Calls nothing but the system. */
bool weft_job_process_settle(const weft_job_descriptors *given);
/* In a new process: has the kernel kill it when `parent` dies, however that dies. False: it is dead already. */
bool weft_job_process_tie(pid_t parent);

/* What a process took. */
typedef struct weft_job_usage {
    int64_t peak_bytes; /* resident */
    double cpu_seconds;
} weft_job_usage;

/* Whether the process has ended; if so, how, without what the batch did to it, and what it took. Never waits. */
bool weft_job_process_ended(pid_t pid, weft_job_end *end, weft_job_usage *usage);

/* What it has resident now, in bytes; 0 where that cannot be told. */
int64_t weft_job_process_resident(pid_t pid);

#endif
