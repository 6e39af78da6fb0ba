/* Memory and threads that jobs are granted out of one budget, which all of them together never pass.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_GRANTS_H
#define WEFT_PIPELINE_JOB_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_job_grant {
    int64_t bytes;
    int threads;
} weft_job_grant;

/* The budget and what of it is out. One thread. */
typedef struct weft_job_grants {
    int64_t budget_bytes;
    int budget_threads; /* at least as many as workers */
    int workers;        /* that may have a grant at once */
    int64_t granted_bytes;
    int granted_threads, running;
} weft_job_grants;

/* What a job asks for. */
typedef struct weft_job_ask {
    int64_t min_bytes; /* it cannot begin with less */
    int64_t desired_bytes;
    int max_threads;
} weft_job_ask;

/* Grants a job what it asks for; where `waiting` jobs that could begin now, this one included, would get less than that
 * each of what is free, it gets such a part of it, but its least at any rate. So with threads, one at least. False:
 * that much is not free, or every worker is at work; nothing is taken then. */
bool weft_job_grants_take(weft_job_grants *grants, const weft_job_ask *ask, int waiting, weft_job_grant *out);
void weft_job_grants_give_back(weft_job_grants *grants, const weft_job_grant *grant);

#endif
