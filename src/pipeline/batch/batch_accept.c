/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_accept.h"

#include "core/clock.h"
#include "pipeline/batch/job_prepare.h"

#include <stdlib.h>

static weft_status accept_job(weft_batch_work *work, const weft_job *job, weft_error *err) {
    weft_prepared_job prepared;
    weft_job_files files = {0};
    weft_status status = weft_job_prepare(&prepared, work, job, err);
    if (status == WEFT_OK) status = weft_job_files_of_now(&files, &work->compare, prepared.config, err);
    if (status == WEFT_OK)
        status = weft_batch_record_accept(work->compare.record, job->name, prepared.identity, &files,
                                          weft_clock_wall_ms(), err);
    weft_job_files_dispose(&files);
    weft_prepared_job_dispose(&prepared);
    return status;
}

weft_status weft_batch_accept(weft_batch_work *work, void (*told)(void *payload, const char *job, const char *message),
                              void *payload, weft_job_cause *worst, weft_error *err) {
    weft_status status = WEFT_OK;
    *worst = WEFT_CAUSE_NONE;
    for (int i = 0; i < work->list.count && status != WEFT_ERR_MEMORY; i++) {
        weft_job *job = &work->list.jobs[i];
        weft_error own = {0};
        if (job->state != WEFT_JOB_HAS_FAILED) {
            status = accept_job(work, job, &own);
            if (status != WEFT_OK) weft_batch_work_fail(job, &own);
        }
        *worst = weft_job_cause_worse(*worst, job->cause);
        told(payload, job->name, job->state == WEFT_JOB_HAS_FAILED ? job->message : NULL);
        if (status == WEFT_ERR_MEMORY) *err = own;
    }
    return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
}
