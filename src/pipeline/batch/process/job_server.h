/* A process that jobs are forked from.
 *
 * A run's first tenth of a second goes into loading a hundred shared libraries and registering GDAL's drivers, which is
 * half of the CPU time of a small job. The job server is this program again, with one thread, which has done that once.
 * It forks a process for each job, in which the program begins as if it had just been started. Jobs also share the
 * memory of what is loaded.
 *
 * The new process is a child of the batch, not of the server: the batch waits for it, and it dies with the batch.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_SERVER_H
#define WEFT_PIPELINE_JOB_SERVER_H

#include "pipeline/batch/process/job_process.h"

/* The name (argv[0]) under which the program is a job server. */
#define WEFT_JOB_SERVER_NAME "weft-jobs"

typedef struct weft_job_server weft_job_server;

/* One that starts with the first job. This process becomes the one that adopts orphans among its
 * descendants (PR_SET_CHILD_SUBREAPER). One thread uses it. NULL: there is none, and jobs are started without it. */
weft_job_server *weft_job_server_new(void);
/* Ends it; jobs go on. NULL is fine. */
void weft_job_server_free(weft_job_server *self);

/* Has it fork a process that runs the program with `arguments`, as weft_job_process_start() describes it. self: may be
 * NULL. False: nothing was started, and weft_job_process_start() is to do it. */
bool weft_job_server_fork(weft_job_server *self, pid_t *out, char *const *arguments, const weft_job_descriptors *given,
                          const sigset_t *mask);

/* What the program does under that name: serves until the batch ends. program: begins it anew in a forked process, and
 * returns the exit code. Returns the server's. */
int weft_job_server_serve(int argc, char **argv, int (*program)(int argc, char **argv));

#endif
