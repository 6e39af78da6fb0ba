/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/job_prepare.h"

#include "core/clock.h"
#include "core/memory/units.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PEAK_MARGIN 1.1 /* over what was measured */
#define MAX_THREADS 250

static weft_status load(weft_prepared_job *out, const weft_batch_work *work, const weft_job *job, weft_error *err) {
    weft_problems problems = {0};
    weft_status status = weft_batch_entry_load(&out->config, work->batch, work->batch->entries[job->entry], job->number,
                                               job->name, weft_clock_wall_ms(), &problems, err);
    if (status == WEFT_ERR_DATA && problems.count > 0)
        weft_error_set(err, status, "%.*s", (int)problems.text.length - 1, problems.text.data);
    weft_problems_dispose(&problems);
    return status;
}

static weft_status compare(weft_prepared_job *out, const weft_batch_work *work, const weft_job *job, weft_error *err) {
    bool found = false, differs = true;
    weft_status status = WEFT_OK;
    if (work->compare.record != NULL)
        status = weft_batch_record_read(work->compare.record, job->name, &out->facts, &found, err);
    if (status != WEFT_OK) return status;
    if (!found) {
        weft_text_add(&out->reason, "it never ran");
        return WEFT_OK;
    }
    if (weft_job_identity_differs(out->facts.identity, out->identity, &out->reason)) return WEFT_OK;
    if (out->facts.outcome == WEFT_JOB_DONE) {
        status = weft_job_files_differ(&work->compare, job->name, out->config, &differs, &out->reason, err);
        out->unchanged = status == WEFT_OK && !differs;
    } else {
        out->resumes = out->facts.outcome != WEFT_JOB_FAILED;
        weft_text_add(&out->reason, "it was not done: %s",
                      out->facts.cause[0] != '\0' ? out->facts.cause : "its batch ended before it");
    }
    return status;
}

weft_status weft_job_prepare(weft_prepared_job *out, const weft_batch_work *work, const weft_job *job,
                             weft_error *err) {
    *out = (weft_prepared_job){0};
    weft_status status = load(out, work, job, err);
    if (status == WEFT_OK && (out->identity = weft_job_identity(out->config)) == NULL)
        status = weft_error_no_memory(err, "a job");
    return status == WEFT_OK ? compare(out, work, job, err) : status;
}

void weft_prepared_job_dispose(weft_prepared_job *prepared) {
    weft_config_free(prepared->config);
    free(prepared->identity);
    weft_text_dispose(&prepared->reason);
    weft_job_facts_dispose(&prepared->facts);
    *prepared = (weft_prepared_job){0};
}

/* --- memory --- */

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* The limit under which a peak of so many bytes sets off no alarm. */
static int64_t limit_for_peak(const weft_config *config, int64_t peak_bytes) {
    double share = (config->warning_percent - 10) / 100;
    return ((int64_t)((double)peak_bytes * PEAK_MARGIN / share) + WEFT_MIB - 1) / WEFT_MIB * WEFT_MIB;
}

bool weft_job_ask_for(const weft_batch_work *work, const weft_job *job, const weft_prepared_job *prepared,
                      int64_t floor_bytes, weft_job_ask *out) {
    const weft_config *config = prepared->config;
    const weft_kind_estimate *estimate = &work->estimates[job->kind];
    const weft_job_facts *facts = &prepared->facts;
    bool ran = facts->peak_bytes > 0 && facts->outcome == WEFT_JOB_DONE;
    bool known = estimate->state == WEFT_ESTIMATE_KNOWN;
    int64_t desired = estimate->desired_bytes, min = estimate->min_bytes;
    if (!known && !ran) return false;
    /* It has run in so little: where that is not enough after all, its next attempt gets more. */
    if (!known) min = smaller(facts->granted_bytes, (int64_t)(PEAK_MARGIN * (double)facts->peak_bytes));
    /* What shrank under pressure would have liked more. */
    if (ran && facts->adaptations == 0)
        desired = limit_for_peak(config, facts->peak_bytes);
    else if (ran)
        desired = larger(desired, 2 * facts->granted_bytes);
    else if (estimate->peak_bytes > 0)
        desired = smaller(desired, limit_for_peak(config, estimate->peak_bytes));
    if (config->memory_limit.kind == WEFT_SIZE_BYTES) {
        desired = smaller(desired, config->memory_limit.bytes);
        min = smaller(min, config->memory_limit.bytes);
    }
    min = larger(min, smaller(floor_bytes, work->grants.budget_bytes));
    *out = (weft_job_ask){min, larger(desired, min), config->threads > 0 ? config->threads : MAX_THREADS};
    return true;
}

bool weft_kind_estimate_read(weft_kind_estimate *estimate, const char *path) {
    json_t *plan = json_load_file(path, 0, NULL);
    const json_t *memory = json_object_get(plan, "memory");
    const json_t *min = json_object_get(memory, "min_limit_bytes");
    const json_t *desired = json_object_get(memory, "desired_limit_bytes");
    bool ok = json_is_integer(min) && json_is_integer(desired);
    if (ok) estimate->min_bytes = (int64_t)json_integer_value(min);
    if (ok) estimate->desired_bytes = (int64_t)json_integer_value(desired);
    json_decref(plan);
    return ok;
}
