/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_accept.h"

#include "config/config_load.h"
#include "core/clock.h"
#include "pipeline/batch/job_prepare.h"
#include "pipeline/outputs/finished_run.h"

#include <stdlib.h>
#include <unistd.h>

#define NO_JOB "+accepted" /* no name of a job has a plus sign */

/* The configuration as the job's file has it, which whoever made the outputs was given: all paths are absolute there. It is
 * written anew, since the job's may be of an earlier configuration, and beside it, since another task may be reading it. */
static weft_status load_file(weft_config **out, const weft_batch_work *work, const weft_config *config,
                             weft_error *err) {
    char *path;
    weft_problems problems = {0};
    weft_status status = weft_batch_folder_write_config(&work->folder, NO_JOB, config, &path, err);
    const weft_config_request request = {
        .file = path, .now_ms = weft_clock_wall_ms(), .registries = work->batch->registries};
    if (status == WEFT_OK) status = weft_config_load(out, &request, &problems, err);
    weft_problems_dispose(&problems);
    if (path != NULL) (void)unlink(path);
    free(path);
    return status;
}

/* Whether outputs are of another configuration than the job's: neither as the batch writes it nor as its file does. */
static weft_status is_other(const weft_batch_work *work, const weft_config *config, const char *identity, bool *other,
                            weft_text *reason, weft_error *err) {
    weft_config *file = NULL;
    weft_text ignored = {0};
    *other = weft_job_identity_differs(identity, config->identity, reason);
    if (!*other) return WEFT_OK;
    weft_status status = load_file(&file, work, config, err);
    if (status == WEFT_OK) *other = weft_job_identity_differs(identity, file->identity, &ignored);
    weft_text_dispose(&ignored);
    weft_config_free(file);
    return status;
}

/* Files as whoever made the outputs found them; these are to be of the configuration as it is now. */
static weft_status files_of_same(weft_job_files *out, const weft_batch_work *work, const weft_config *config,
                                 weft_error *err) {
    weft_run_facts facts;
    weft_text reason = {0};
    bool other = false;
    char *path = weft_finished_run_path(config);
    weft_status status =
        path == NULL ? weft_error_no_memory(err, "a job's files") : weft_finished_run_read(&facts, path, err);
    free(path);
    if (status != WEFT_OK) return status;
    status = is_other(work, config, facts.identity, &other, &reason, err);
    if (status == WEFT_OK && other)
        status = weft_error_set(err, WEFT_ERR_DATA, "its outputs were made with another configuration: %s",
                                reason.failed ? "" : reason.data);
    weft_text_dispose(&reason);
    weft_run_facts_dispose(&facts);
    return status == WEFT_OK ? weft_job_files_of_run(out, &work->compare, config, err) : status;
}

static weft_status accept_job(weft_batch_work *work, const weft_job *job, weft_accepted accepted, weft_error *err) {
    weft_prepared_job prepared;
    weft_job_files files = {0};
    weft_status status = weft_job_prepare(&prepared, work, job, err);
    bool done = status == WEFT_OK && prepared.unchanged && accepted == WEFT_ACCEPT_SAME;
    if (status == WEFT_OK && !done && accepted == WEFT_ACCEPT_SAME)
        status = files_of_same(&files, work, prepared.config, err);
    if (status == WEFT_OK && accepted == WEFT_ACCEPT_ALL)
        status = weft_job_files_of_now(&files, &work->compare, prepared.config, err);
    if (status == WEFT_OK && !done)
        status = weft_batch_record_accept(work->compare.record, job->name, prepared.identity, &files,
                                          weft_clock_wall_ms(), err);
    weft_job_files_dispose(&files);
    weft_prepared_job_dispose(&prepared);
    return status;
}

weft_status weft_batch_accept(weft_batch_work *work, weft_accepted accepted,
                              void (*told)(void *payload, const char *job, const char *message), void *payload,
                              weft_job_cause *worst, weft_error *err) {
    weft_status status = WEFT_OK;
    *worst = WEFT_CAUSE_NONE;
    for (int i = 0; i < work->list.count && status != WEFT_ERR_MEMORY; i++) {
        weft_job *job = &work->list.jobs[i];
        weft_error own = {0};
        if (job->state != WEFT_JOB_HAS_FAILED) {
            status = accept_job(work, job, accepted, &own);
            if (status != WEFT_OK) weft_batch_work_fail(job, &own);
        }
        *worst = weft_job_cause_worse(*worst, job->cause);
        told(payload, job->name, job->state == WEFT_JOB_HAS_FAILED ? job->message : NULL);
        if (status == WEFT_ERR_MEMORY) *err = own;
    }
    return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
}
