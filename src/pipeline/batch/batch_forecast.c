/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_forecast.h"

#include "pipeline/planner/planner.h"
#include "pipeline/run/orchestrator.h"
#include "raster/gdal/gdal_setup.h"

#include <stdlib.h>
#include <unistd.h>

const char *weft_forecast_name(weft_forecast_kind kind) {
    static const char *const names[] = {"runs", "may run", "unchanged", "fails", "blocked"};
    return names[kind];
}

/* The plan of a job with all that the batch has; where there can be none, nothing is known, and *err says why. */
static void plan_kind(weft_batch_work *work, const weft_job *job, const weft_config *config, weft_error *err) {
    weft_kind_estimate *estimate = &work->estimates[job->kind];
    weft_plan *plan = NULL;
    weft_config wide = *config;
    int threads = work->grants.budget_threads / work->grants.workers;
    if (estimate->state != WEFT_ESTIMATE_NONE) return;
    wide.memory_limit = (weft_size){.kind = WEFT_SIZE_BYTES, .bytes = work->grants.budget_bytes};
    estimate->state = WEFT_ESTIMATE_PLANNING;
    if (weft_raster_init(err) == WEFT_OK && weft_plan_new(&plan, &wide, NULL, threads, NULL, err) == WEFT_OK) {
        estimate->state = WEFT_ESTIMATE_KNOWN;
        estimate->min_bytes = plan->memory.min_limit_bytes;
        estimate->desired_bytes = plan->memory.desired_limit_bytes;
        estimate->values = (double)plan->rows.max_count * plan->column_count;
    }
    weft_plan_free(plan);
}

static void add_trouble(weft_job_forecast *out, const weft_error *why) {
    char *reason =
        weft_text_format("%s; it cannot be planned now: %s", out->reason != NULL ? out->reason : "", why->message);
    if (reason == NULL) return;
    free(out->reason);
    out->reason = reason;
}

static weft_status look_at(weft_batch_work *work, const weft_job *job, weft_job_forecast *out, weft_error *err) {
    weft_prepared_job prepared;
    weft_error own = {0};
    weft_job_ask ask;
    weft_status status = weft_job_prepare(&prepared, work, job, &own);
    out->seconds = -1;
    if (status == WEFT_ERR_MEMORY) {
        *err = own;
    } else if (status != WEFT_OK) {
        out->kind = WEFT_FORECAST_FAILS;
        out->reason = weft_text_format("%s", own.message);
        status = WEFT_OK;
    } else {
        out->kind = prepared.unchanged ? WEFT_FORECAST_UNCHANGED : WEFT_FORECAST_RUNS;
        if (prepared.reason.data != NULL) out->reason = weft_text_format("%s", prepared.reason.data);
        if (prepared.facts.outcome == WEFT_JOB_DONE && prepared.facts.seconds > 0)
            out->seconds = prepared.facts.seconds;
        if (!prepared.unchanged && !weft_job_ask_for(work, job, &prepared, 0, &ask)) {
            plan_kind(work, job, prepared.config, &own);
            if (own.message[0] != '\0') add_trouble(out, &own);
        }
        if (weft_job_ask_for(work, job, &prepared, 0, &ask)) {
            out->min_bytes = ask.min_bytes;
            out->desired_bytes = ask.desired_bytes;
        }
    }
    weft_prepared_job_dispose(&prepared);
    return status;
}

/* What becomes of a job when one that it needs is of this kind; its own kind: it stays as it is. */
static weft_forecast_kind kind_after(weft_forecast_kind own, weft_forecast_kind needed) {
    bool stops = needed == WEFT_FORECAST_FAILS || needed == WEFT_FORECAST_BLOCKED;
    if (stops && own != WEFT_FORECAST_FAILS) return WEFT_FORECAST_BLOCKED;
    return !stops && own == WEFT_FORECAST_UNCHANGED ? WEFT_FORECAST_MAY_RUN : own;
}

/* Goes from a job to those that need it, and on. The stack has room for all jobs: each is put there once. */
static void follow(const weft_job_list *list, weft_job_forecast *all, int from, int *stack) {
    int depth = 0;
    stack[depth++] = from;
    while (depth > 0) {
        int at = stack[--depth];
        for (int j = list->first_dependent[at]; j < list->first_dependent[at + 1]; j++) {
            weft_job_forecast *other = &all[list->dependents[j]];
            weft_forecast_kind kind = kind_after(other->kind, all[at].kind);
            if (kind == other->kind) continue;
            other->kind = kind;
            free(other->reason);
            other->reason =
                weft_text_format("it needs %s, which %s%s", list->jobs[at].name,
                                 all[at].kind == WEFT_FORECAST_BLOCKED ? "is " : "", weft_forecast_name(all[at].kind));
            stack[depth++] = list->dependents[j];
        }
    }
}

/* A job that would run may change what others read, and one that fails keeps them from running. */
static weft_status follow_needs(const weft_batch_work *work, weft_job_forecast *all, weft_error *err) {
    const weft_job_list *list = &work->list;
    int *stack = malloc(((size_t)list->count + 1) * sizeof *stack);
    if (stack == NULL) return weft_error_no_memory(err, "the forecast");
    for (int i = 0; i < list->count; i++)
        if (all[i].kind == WEFT_FORECAST_FAILS) follow(list, all, i, stack);
    for (int i = 0; i < list->count; i++)
        if (all[i].kind == WEFT_FORECAST_RUNS) follow(list, all, i, stack);
    free(stack);
    return WEFT_OK;
}

/* A job that never ran takes what the others of its kind took. The sum goes over the workers. */
static weft_status add_up(const weft_batch_work *work, weft_job_forecast *all, double *seconds, weft_error *err) {
    size_t kinds = (size_t)work->list.count + 1;
    double *spent = calloc(kinds, sizeof *spent), sum = 0;
    int *counts = calloc(kinds, sizeof *counts);
    bool known = true;
    for (int i = 0; i < work->list.count && spent != NULL && counts != NULL; i++)
        if (all[i].seconds >= 0) spent[work->list.jobs[i].kind] += all[i].seconds, counts[work->list.jobs[i].kind]++;
    for (int i = 0; i < work->list.count && spent != NULL && counts != NULL; i++) {
        int kind = work->list.jobs[i].kind;
        if (all[i].seconds < 0 && counts[kind] > 0) all[i].seconds = spent[kind] / counts[kind];
        if (all[i].kind != WEFT_FORECAST_RUNS) continue;
        known = known && all[i].seconds >= 0;
        sum += all[i].seconds;
    }
    weft_status status = spent == NULL || counts == NULL ? weft_error_no_memory(err, "the forecast") : WEFT_OK;
    free(spent);
    free(counts);
    *seconds = known ? sum / work->grants.workers : -1;
    return status;
}

weft_status weft_batch_forecast(weft_batch_work *work, weft_job_forecast **out, double *seconds, weft_error *err) {
    weft_job_forecast *all = calloc((size_t)work->list.count + 1, sizeof *all);
    weft_status status = all == NULL ? weft_error_no_memory(err, "the forecast") : WEFT_OK;
    *out = NULL;
    if (status == WEFT_OK && work->compare.record == NULL && access(work->folder.record_path, F_OK) == 0)
        status = weft_batch_record_open_reading(&work->compare.record, work->folder.record_path, err);
    for (int i = 0; i < work->list.count && status == WEFT_OK; i++)
        status = look_at(work, &work->list.jobs[i], &all[i], err);
    if (status == WEFT_OK) status = follow_needs(work, all, err);
    if (status == WEFT_OK) status = add_up(work, all, seconds, err);
    if (status == WEFT_OK)
        *out = all;
    else
        weft_batch_forecast_free(all, work->list.count);
    return status;
}

void weft_batch_forecast_free(weft_job_forecast *forecast, int count) {
    for (int i = 0; i < count && forecast != NULL; i++)
        free(forecast[i].reason);
    free(forecast);
}
