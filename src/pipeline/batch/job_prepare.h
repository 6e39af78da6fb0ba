/* A job whose turn has come: whether there is anything to do, and what it needs for it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_PREPARE_H
#define WEFT_PIPELINE_JOB_PREPARE_H

#include "pipeline/batch/batch_work.h"

typedef struct weft_prepared_job {
    weft_config *config;
    char *identity;
    weft_text reason;     /* why it runs: "it never ran", "grid.resolution was "30" and is "60"" */
    bool unchanged;       /* it was done before, and nothing of it has changed */
    bool resumes;         /* an earlier attempt of the same configuration may have left part of it on disk */
    weft_job_facts facts; /* what the record has of it; identity NULL: nothing */
} weft_prepared_job;

/* Reads the job's configuration as it is now, and compares with the record.
 *
 * out     disposed by the caller, also on failure
 * errors  those of loading the configuration (its problems are the message), and of weft_job_files_differ() */
weft_status weft_job_prepare(weft_prepared_job *out, const weft_batch_work *work, const weft_job *job, weft_error *err);
void weft_prepared_job_dispose(weft_prepared_job *prepared);

/* What the job asks for: what its plan would like, corrected by what it, or another of its kind, took before.
 *
 * floor_bytes  what it is to have at least, since less was too little; 0: nothing is known of that
 * false        nothing is known: the plan is to be asked first */
bool weft_job_ask_for(const weft_batch_work *work, const weft_job *job, const weft_prepared_job *prepared,
                      int64_t floor_bytes, weft_job_ask *out);

/* Takes what `weft plan --json` wrote to `path` as the estimate of a kind. False: it is no plan. */
bool weft_kind_estimate_read(weft_kind_estimate *estimate, const char *path);

/* What a job may have to do with where its plan cannot be made. */
#define WEFT_JOB_MIN_BYTES (INT64_C(64) << 20)

#endif
