/* SPDX-License-Identifier: MIT
 *
 * The lock is held while a run is looked at, so that what it works with stays until then. A run takes it for a moment a
 * step. */
#include "server/live_run.h"

#include "monitors/process_memory.h"
#include "pipeline/run/run_measures.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 256

struct weft_live_run {
    pthread_mutex_t lock;
    char experiment[NAME_BYTES];
    weft_run_pace pace;
    int64_t done, total;
    weft_run_watch watch; /* while works is true */
    bool works;
    pthread_cond_t given_back;
    int64_t borrowed_bytes; /* of the run's ledger */
};

weft_status weft_live_run_new(weft_live_run **out, weft_error *err) {
    weft_live_run *live = calloc(1, sizeof *live);
    *out = NULL;
    if (live == NULL || pthread_mutex_init(&live->lock, NULL) != 0 || pthread_cond_init(&live->given_back, NULL) != 0) {
        free(live);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to watch the run");
    }
    *out = live;
    return WEFT_OK;
}

void weft_live_run_free(weft_live_run *live) {
    if (live == NULL) return;
    (void)pthread_cond_destroy(&live->given_back);
    (void)pthread_mutex_destroy(&live->lock);
    free(live);
}

/* --- what the run tells --- */

void weft_live_run_planned(weft_live_run *live, const weft_plan *plan) {
    (void)pthread_mutex_lock(&live->lock);
    (void)snprintf(live->experiment, NAME_BYTES, "%s", plan->config->experiment);
    weft_run_pace_start(&live->pace, plan);
    (void)pthread_mutex_unlock(&live->lock);
}

void weft_live_run_progressed(weft_live_run *live, weft_stage_id stage, int64_t done, int64_t total) {
    (void)pthread_mutex_lock(&live->lock);
    weft_run_pace_note(&live->pace, stage, done);
    live->done = done;
    live->total = total;
    (void)pthread_mutex_unlock(&live->lock);
}

void weft_live_run_working(void *payload, const weft_run_watch *watch) {
    weft_live_run *live = payload;
    (void)pthread_mutex_lock(&live->lock);
    live->works = watch != NULL;
    while (watch == NULL && live->borrowed_bytes > 0)
        (void)pthread_cond_wait(&live->given_back, &live->lock);
    if (watch != NULL) live->watch = *watch;
    (void)pthread_mutex_unlock(&live->lock);
}

/* --- looking at it --- */

/* With the lock, which the caller gives back; false: nothing is under way, and there is no lock. */
static bool take(weft_live_run *live) {
    if (live == NULL) return false;
    (void)pthread_mutex_lock(&live->lock);
    if (live->works) return true;
    (void)pthread_mutex_unlock(&live->lock);
    return false;
}

bool weft_live_run_is(weft_live_run *live, const char *experiment) {
    if (!take(live)) return false;
    bool is = experiment == NULL || strcmp(experiment, live->experiment) == 0;
    (void)pthread_mutex_unlock(&live->lock);
    return is;
}

static void add_worker(weft_text *out, const weft_activity *activity, int slot, const char *comma) {
    weft_stage_id stage;
    weft_operation_id operation;
    weft_activity_read(activity, slot, &stage, &operation);
    weft_text_add(out, "%s{\"thread\": \"", comma);
    weft_text_add(out, slot == WEFT_ACTIVITY_COORDINATOR ? "coordinator" : "worker %d", slot + 1);
    weft_text_add(out, "\", \"stage\": \"%s\", \"operation\": \"%s\"}", weft_stage_name(stage),
                  weft_operation_name(operation));
}

bool weft_live_run_add_progress(weft_live_run *live, weft_text *out) {
    weft_process_memory memory = {0};
    if (!take(live)) return false;
    weft_run_step step = weft_run_pace_measure(&live->pace, live->done, live->total);
    (void)weft_process_memory_read(&memory);
    weft_text_add(out, ", \"live\": true, \"stage\": \"%s\", \"done\": %lld, \"total\": %lld",
                  weft_stage_name(step.stage), (long long)step.done, (long long)step.total);
    weft_text_add(out, ", \"cells_per_second\": %.0f, ", step.cells_per_second);
    weft_text_add(out, step.cells_per_second > 0 ? "\"seconds_left\": %.1f" : "\"seconds_left\": null",
                  step.seconds_left);
    weft_text_add(out, ", \"peak_bytes\": %lld, \"workers\": [", (long long)memory.peak_resident_bytes);
    add_worker(out, live->watch.activity, WEFT_ACTIVITY_COORDINATOR, "");
    for (int i = 0; i < live->watch.plan->memory.threads; i++)
        add_worker(out, live->watch.activity, i, ", ");
    weft_text_add(out, "]");
    (void)pthread_mutex_unlock(&live->lock);
    return true;
}

/* Items of an array. */
typedef struct item_list {
    weft_text *out;
    int count;
} item_list;

static void add_pool(void *payload, const weft_pool_record *record) {
    item_list *list = payload;
    weft_text name = {0};
    weft_text_add_json_member(&name, "pool", record->pool);
    if (name.failed) list->out->failed = true;
    weft_text_add(list->out, "%s{%s", list->count++ > 0 ? ", " : "", name.failed ? "" : name.data + 2);
    weft_text_add(list->out,
                  ", \"created\": %lld, \"acquired\": %lld, \"released\": %lld, \"reused\": %lld, \"in_use\": %lld, "
                  "\"available\": %lld}",
                  (long long)record->created, (long long)record->acquired, (long long)record->released,
                  (long long)record->reused, (long long)record->in_use, (long long)record->available);
    weft_text_dispose(&name);
}

bool weft_live_run_add_pools(weft_live_run *live, weft_text *out) {
    item_list list = {out, 0};
    if (!take(live)) return false;
    weft_run_measures_pools(live->watch.plan, live->watch.cache, add_pool, &list);
    (void)pthread_mutex_unlock(&live->lock);
    return true;
}

static void add_operation(void *payload, const weft_operation_record *record) {
    item_list *list = payload;
    weft_text_add(list->out,
                  "%s{\"stage\": \"%s\", \"operation\": \"%s\", \"calls\": %lld, \"seconds\": %.9g, "
                  "\"longest_seconds\": %.9g, \"p50_seconds\": %.9g, \"p95_seconds\": %.9g, \"slow_calls\": %lld}",
                  list->count++ > 0 ? ", " : "", weft_stage_name(record->stage), weft_operation_name(record->operation),
                  (long long)record->calls, record->seconds, record->longest_seconds, record->p50_seconds,
                  record->p95_seconds, (long long)record->slow_calls);
}

bool weft_live_run_add_operations(weft_live_run *live, weft_text *out) {
    item_list list = {out, 0};
    if (!take(live)) return false;
    weft_run_measures_operations(live->watch.activity, live->watch.performance, add_operation, &list);
    (void)pthread_mutex_unlock(&live->lock);
    return true;
}

bool weft_live_run_borrow(weft_live_run *live, int64_t bytes) {
    if (!take(live)) return true;
    bool granted =
        live->borrowed_bytes == 0 && weft_ledger_reserve(live->watch.ledger, WEFT_TAG_OTHER, bytes, NULL) == WEFT_OK;
    if (granted) live->borrowed_bytes = bytes;
    (void)pthread_mutex_unlock(&live->lock);
    return granted;
}

void weft_live_run_give_back(weft_live_run *live) {
    if (live == NULL) return;
    (void)pthread_mutex_lock(&live->lock);
    if (live->borrowed_bytes > 0) weft_ledger_release(live->watch.ledger, WEFT_TAG_OTHER, live->borrowed_bytes);
    live->borrowed_bytes = 0;
    (void)pthread_cond_broadcast(&live->given_back);
    (void)pthread_mutex_unlock(&live->lock);
}
