/* What a batch would do now, and why: nothing is run or written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_FORECAST_H
#define WEFT_PIPELINE_BATCH_FORECAST_H

#include "pipeline/batch/job_prepare.h"

typedef enum weft_forecast_kind {
    WEFT_FORECAST_RUNS,
    WEFT_FORECAST_MAY_RUN, /* where the outputs of a job that it needs become others */
    WEFT_FORECAST_UNCHANGED,
    WEFT_FORECAST_FAILS,   /* its configuration is wrong */
    WEFT_FORECAST_BLOCKED, /* a job that it needs fails, or is blocked */
} weft_forecast_kind;

/* "runs" */
const char *weft_forecast_name(weft_forecast_kind kind);

typedef struct weft_job_forecast {
    weft_forecast_kind kind;
    char *reason;      /* NULL: there is none */
    int64_t min_bytes; /* of memory; 0: not known */
    int64_t desired_bytes;
    double seconds; /* -1: not known */
} weft_job_forecast;

/* Looks at every job. The record is read where there is one; plans are made in this process, one a kind of which
 * nothing is known. Where a job that runs cannot be planned now, its reason says so, but that of its kind's others does
 * not; it may still run, where others bring what it lacks.
 *
 * work      checked; open or not
 * out       one a job, freed by the caller with weft_batch_forecast_free(); NULL on failure
 * *seconds  of all that runs, on the batch's workers; -1: not known
 * errors    those of weft_batch_record_open_reading(), weft_job_files_differ(); WEFT_ERR_MEMORY */
weft_status weft_batch_forecast(weft_batch_work *work, weft_job_forecast **out, double *seconds, weft_error *err);
void weft_batch_forecast_free(weft_job_forecast *forecast, int count);

#endif
