/* SPDX-License-Identifier: MIT
 *
 * What is shown is copied, an event and a tick at a time: the batch changes its jobs without a lock. */
#include "server/live_batch.h"

#include "core/text.h"
#include "pipeline/batch/job_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct shown_job {
    weft_job_state state;
    weft_job_cause cause;
    int attempts;
    int64_t granted_bytes, peak_bytes, rows;
    double seconds, done, seconds_left; /* done: a share, of one that runs; seconds_left -1: not known */
    char *message;                      /* NULL: none */
} shown_job;

struct weft_live_batch {
    pthread_mutex_t lock;
    const weft_batch_work *work; /* names of the batch and of its jobs, and the budget: what nobody changes */
    shown_job *jobs;
    int count;
    int64_t granted_bytes;
    double seconds, seconds_left;
};

weft_status weft_live_batch_new(weft_live_batch **out, const weft_batch_work *work, weft_error *err) {
    weft_live_batch *live = calloc(1, sizeof *live);
    *out = NULL;
    if (live != NULL) live->jobs = calloc((size_t)work->list.count + 1, sizeof *live->jobs);
    if (live == NULL || live->jobs == NULL || pthread_mutex_init(&live->lock, NULL) != 0) {
        if (live != NULL) free(live->jobs);
        free(live);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to watch the batch");
    }
    live->work = work;
    live->count = work->list.count;
    live->seconds_left = -1;
    for (int i = 0; i < live->count; i++) {
        live->jobs[i].state = work->list.jobs[i].state;
        live->jobs[i].seconds_left = -1;
    }
    *out = live;
    return WEFT_OK;
}

void weft_live_batch_free(weft_live_batch *live) {
    if (live == NULL) return;
    for (int i = 0; i < live->count; i++)
        free(live->jobs[i].message);
    (void)pthread_mutex_destroy(&live->lock);
    free(live->jobs);
    free(live);
}

static void copy_job(shown_job *to, const weft_job *from) {
    to->state = from->state;
    to->cause = from->cause;
    to->attempts = from->attempts;
    to->granted_bytes = from->granted_bytes;
    to->peak_bytes = from->peak_bytes;
    to->rows = from->rows;
    to->seconds = from->seconds;
}

static void copy_running(shown_job *to, const weft_running_job *from, const weft_job_progress *progress) {
    to->state = WEFT_JOB_RUNS;
    to->granted_bytes = from->grant.bytes;
    to->done = progress->total > 0 ? (double)progress->done / (double)progress->total : 0;
    to->seconds_left = progress->seconds_left;
}

/* Logs are read before the lock is taken: who asks does not wait for a disk. */
static void note_tick(weft_live_batch *live, const weft_batch_view *view) {
    size_t count = (size_t)view->running_count;
    weft_job_progress *progress = calloc(count + 1, sizeof *progress);
    for (size_t i = 0; progress != NULL && i < count; i++)
        weft_job_log_progress(view->running[i].log, &progress[i]);
    (void)pthread_mutex_lock(&live->lock);
    for (int i = 0; i < live->count; i++)
        copy_job(&live->jobs[i], &view->work->list.jobs[i]);
    for (size_t i = 0; progress != NULL && i < count; i++)
        if (!view->running[i].is_plan) copy_running(&live->jobs[view->running[i].job], &view->running[i], &progress[i]);
    live->seconds_left = view->seconds_left;
    (void)pthread_mutex_unlock(&live->lock);
    free(progress);
}

static void note_job(weft_live_batch *live, const weft_batch_view *view, const weft_job *job) {
    shown_job *shown = &live->jobs[job - view->work->list.jobs];
    (void)pthread_mutex_lock(&live->lock);
    copy_job(shown, job);
    shown->done = job->state == WEFT_JOB_IS_DONE || job->state == WEFT_JOB_IS_UNCHANGED ? 1 : 0;
    shown->seconds_left = -1;
    free(shown->message);
    shown->message = job->message == NULL ? NULL : weft_text_format("%s", job->message);
    (void)pthread_mutex_unlock(&live->lock);
}

void weft_live_batch_note(weft_live_batch *live, weft_batch_event event, const weft_batch_view *view,
                          const weft_job *job) {
    if (event == WEFT_BATCH_TICKED)
        note_tick(live, view);
    else if (job != NULL)
        note_job(live, view, job);
    (void)pthread_mutex_lock(&live->lock);
    live->granted_bytes = view->work->grants.granted_bytes;
    live->seconds = view->seconds;
    (void)pthread_mutex_unlock(&live->lock);
}

/* --- looking at it --- */

static void add_job(weft_text *out, const shown_job *job, const char *name, const char *comma) {
    weft_text members = {0};
    weft_text_add_json_member(&members, "job", name);
    weft_text_add_json_member(&members, "state", weft_job_state_name(job->state));
    weft_text_add(&members, ", \"done\": %.4f, \"attempts\": %d, \"seconds\": %.3f, \"seconds_left\": ", job->done,
                  job->attempts, job->seconds);
    weft_text_add(&members, job->seconds_left >= 0 ? "%.1f" : "null", job->seconds_left);
    weft_text_add(&members, ", \"granted_bytes\": %lld, \"peak_bytes\": %lld, \"output_rows\": %lld",
                  (long long)job->granted_bytes, (long long)job->peak_bytes, (long long)job->rows);
    weft_text_add_json_member(&members, "cause",
                              job->cause == WEFT_CAUSE_NONE ? NULL : weft_job_cause_name(job->cause));
    weft_text_add_json_member(&members, "message", job->message);
    out->failed = out->failed || members.failed;
    if (!members.failed) weft_text_add(out, "%s{%s}", comma, members.data + 2);
    weft_text_dispose(&members);
}

/* What people look for first: what runs, what failed, what waits, what is done. */
static int rank_of(weft_job_state state) {
    return state == WEFT_JOB_RUNS                                      ? 0
           : state == WEFT_JOB_HAS_FAILED                              ? 1
           : state == WEFT_JOB_IS_BLOCKED || state == WEFT_JOB_IS_LEFT ? 2
           : state == WEFT_JOB_WAITS                                   ? 3
                                                                       : 4;
}

void weft_live_batch_add(weft_live_batch *live, int limit, weft_text *out) {
    int counts[WEFT_JOB_STATE_COUNT] = {0}, added = 0;
    (void)pthread_mutex_lock(&live->lock);
    for (int i = 0; i < live->count; i++)
        counts[live->jobs[i].state]++;
    weft_text_add_json_member(out, "batch", live->work->batch->name);
    weft_text_add(out, ", \"live\": true, \"total\": %d, \"counts\": {", live->count);
    for (int i = 0; i < WEFT_JOB_STATE_COUNT; i++)
        weft_text_add(out, "%s\"%s\": %d", i > 0 ? ", " : "", weft_job_state_name((weft_job_state)i), counts[i]);
    weft_text_add(out, "}, \"granted_bytes\": %lld, \"budget_bytes\": %lld, \"seconds\": %.1f, \"seconds_left\": ",
                  (long long)live->granted_bytes, (long long)live->work->grants.budget_bytes, live->seconds);
    weft_text_add(out, live->seconds_left >= 0 ? "%.1f" : "null", live->seconds_left);
    weft_text_add(out, ", \"items\": [");
    for (int rank = 0; rank <= 4; rank++)
        for (int i = 0; i < live->count && added < limit; i++)
            if (rank_of(live->jobs[i].state) == rank)
                add_job(out, &live->jobs[i], live->work->list.jobs[i].name, added++ > 0 ? ", " : "");
    weft_text_add(out, "]");
    (void)pthread_mutex_unlock(&live->lock);
}
