/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_loop.h"

#include "core/clock.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

/* --- telling --- */

static double time_left(const weft_batch_loop *loop) {
    const weft_job_list *list = &loop->work->list;
    double spent = 0;
    int done = 0, left = loop->counts[WEFT_JOB_WAITS] + loop->counts[WEFT_JOB_RUNS];
    for (int i = 0; i < list->count; i++)
        if (list->jobs[i].state == WEFT_JOB_IS_DONE) spent += list->jobs[i].seconds, done++;
    int workers = loop->work->grants.workers < left ? loop->work->grants.workers : left;
    return done == 0 ? -1 : left == 0 ? 0 : spent / done * left / workers;
}

void weft_batch_loop_tell(const weft_batch_loop *loop, weft_batch_event event, const weft_job *job,
                          const char *reason) {
    if (loop->options->observer == NULL) return;
    weft_batch_view view = {.work = loop->work,
                            .running = loop->running,
                            .running_count = loop->running_count,
                            .seconds = (double)(weft_clock_monotonic_ns() - loop->began_ns) / 1e9,
                            .seconds_left = -1};
    memcpy(view.counts, loop->counts, sizeof view.counts);
    if (event == WEFT_BATCH_TICKED) view.seconds_left = time_left(loop);
    loop->options->observer(loop->options->payload, event, &view, job, reason);
}

/* --- states --- */

void weft_batch_loop_set(weft_batch_loop *loop, weft_job *job, weft_job_state state) {
    loop->counts[job->state]--;
    loop->counts[state]++;
    job->state = state;
}

/* Whoever needs a job that was not done is blocked, and whoever needs that one. */
static void block_dependents(weft_batch_loop *loop, int from) {
    weft_job_list *list = &loop->work->list;
    int *stack = malloc(((size_t)list->count + 1) * sizeof *stack), depth = 0;
    if (stack == NULL) return; /* they wait for ever, and are left at the end */
    stack[depth++] = from;
    while (depth > 0) {
        int at = stack[--depth];
        for (int i = list->first_dependent[at]; i < list->first_dependent[at + 1]; i++) {
            weft_job *job = &list->jobs[list->dependents[i]];
            if (job->state != WEFT_JOB_WAITS) continue;
            weft_batch_loop_set(loop, job, WEFT_JOB_IS_BLOCKED);
            job->cause = WEFT_CAUSE_NEEDED;
            free(job->message);
            job->message = weft_text_format("needs %s, which was not done", list->jobs[at].name);
            weft_batch_loop_tell(loop, WEFT_BATCH_ENDED, job, NULL);
            stack[depth++] = list->dependents[i];
        }
    }
    free(stack);
}

void weft_batch_loop_settle(weft_batch_loop *loop, int at, weft_job_state state) {
    weft_job_list *list = &loop->work->list;
    weft_job *job = &list->jobs[at];
    weft_batch_loop_set(loop, job, state);
    weft_batch_loop_tell(loop, WEFT_BATCH_ENDED, job, NULL);
    if (state == WEFT_JOB_IS_DONE || state == WEFT_JOB_IS_UNCHANGED) {
        for (int i = list->first_dependent[at]; i < list->first_dependent[at + 1]; i++) {
            int dependent = list->dependents[i];
            list->jobs[dependent].unmet--;
            if (dependent < loop->first) loop->first = dependent;
        }
        return;
    }
    block_dependents(loop, at);
    if (state == WEFT_JOB_HAS_FAILED && !loop->work->batch->keep_going) loop->stopping = true;
}
