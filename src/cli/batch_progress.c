/* SPDX-License-Identifier: MIT
 *
 * The block on a terminal is written over: the cursor goes up as many lines as stand, and each line is cleared before
 * it is written. */
#include "cli/batch_progress.h"

#include "cli/terminal/terminal.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/batch/job_log.h"
#include "pipeline/batch/process/job_process.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_LINES     16 /* running jobs that have one */
#define NAME_WIDTH    30
#define NAME_LEAST    8
#define NUMBERS_WIDTH 54 /* of a line, beside the name: "  ", " 100.0 %  1234.5 MiB of 1234.5 MiB  12 min 03 s left" */

void weft_time_text(double seconds, char out[WEFT_TIME_TEXT_BYTES]) {
    long long whole = (long long)seconds;
    if (seconds < 10)
        (void)snprintf(out, WEFT_TIME_TEXT_BYTES, "%.1f s", seconds);
    else if (whole < 60)
        (void)snprintf(out, WEFT_TIME_TEXT_BYTES, "%lld s", whole);
    else if (whole < 3600)
        (void)snprintf(out, WEFT_TIME_TEXT_BYTES, "%lld min %02lld s", whole / 60, whole % 60);
    else
        (void)snprintf(out, WEFT_TIME_TEXT_BYTES, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
}

static int over(const weft_batch_view *view) {
    return view->work->list.count - view->counts[WEFT_JOB_WAITS] - view->counts[WEFT_JOB_RUNS];
}

/* --- a terminal --- */

/* Under the log's lock. */
static void clear(void *payload) {
    weft_batch_progress *progress = payload;
    if (progress->lines > 0) fprintf(stderr, "\r\033[%dA\033[J", progress->lines);
    progress->lines = 0;
}

__attribute__((format(printf, 1, 2))) static void write_line(const char *format, ...) {
    char line[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    weft_terminal_write(line);
    fputc('\n', stderr);
}

static void print_running(const weft_batch_view *view, const weft_running_job *running) {
    char resident[WEFT_SIZE_TEXT_BYTES], granted[WEFT_SIZE_TEXT_BYTES], left[WEFT_TIME_TEXT_BYTES] = "";
    weft_job_progress progress;
    weft_job_log_progress(running->log, &progress);
    weft_text_size(weft_job_process_resident(running->pid), resident);
    weft_text_size(running->grant.bytes, granted);
    if (progress.seconds_left >= 0) weft_time_text(progress.seconds_left, left);
    double percent = progress.total > 0 ? 100.0 * (double)progress.done / (double)progress.total : 0;
    /* Names are cut first: the end of a line says most. */
    int room = weft_terminal_columns() - NUMBERS_WIDTH, width = room < NAME_WIDTH ? room : NAME_WIDTH;
    if (width < NAME_LEAST) width = NAME_LEAST;
    write_line("  %-*.*s %5.1f %%  %10s of %-10s %s%s", width, width, view->work->list.jobs[running->job].name, percent,
               resident, granted, left, left[0] != '\0' ? " left" : "");
}

static void print_block(weft_batch_progress *progress, const weft_batch_view *view) {
    char granted[WEFT_SIZE_TEXT_BYTES], budget[WEFT_SIZE_TEXT_BYTES], left[WEFT_TIME_TEXT_BYTES] = "?";
    int rows = weft_terminal_rows() - 2, max = rows < 0           ? 0
                                               : rows < MAX_LINES ? rows
                                                                  : MAX_LINES; /* the last, the cursor */
    int shown = view->running_count < max ? view->running_count : max;
    clear(progress);
    for (int i = 0; i < shown; i++)
        print_running(view, &view->running[i]);
    weft_text_size(view->work->grants.granted_bytes, granted);
    weft_text_size(view->work->grants.budget_bytes, budget);
    if (view->seconds_left >= 0) weft_time_text(view->seconds_left, left);
    write_line("%d of %d jobs, %d failed, %d running; %s of %s granted; %s left", over(view), view->work->list.count,
               view->counts[WEFT_JOB_HAS_FAILED], view->running_count, granted, budget, left);
    progress->lines = shown + 1;
}

/* --- lines --- */

static void say_ended(const weft_batch_view *view, const weft_job *job) {
    char peak[WEFT_SIZE_TEXT_BYTES], granted[WEFT_SIZE_TEXT_BYTES], time[WEFT_TIME_TEXT_BYTES];
    weft_text_size(job->peak_bytes, peak);
    weft_text_size(job->granted_bytes, granted);
    weft_time_text(job->seconds, time);
    int total = view->work->list.count;
    if (job->state == WEFT_JOB_IS_DONE)
        weft_log(WEFT_LOG_INFO, "[%d/%d] %s: done in %s, peak %s of %s", over(view), total, job->name, time, peak,
                 granted);
    else if (job->state == WEFT_JOB_HAS_FAILED)
        weft_log(WEFT_LOG_ERROR, "[%d/%d] %s: failed after %d %s (%s): %s", over(view), total, job->name, job->attempts,
                 job->attempts == 1 ? "attempt" : "attempts", weft_job_cause_name(job->cause),
                 job->message != NULL ? job->message : "");
    else if (job->state == WEFT_JOB_IS_BLOCKED)
        weft_log(WEFT_LOG_WARNING, "[%d/%d] %s: %s", over(view), total, job->name,
                 job->message != NULL ? job->message : "");
    else if (job->state == WEFT_JOB_IS_LEFT)
        weft_log(WEFT_LOG_INFO, "[%d/%d] %s: stopped", over(view), total, job->name);
}

static void say_line(weft_batch_event event, const weft_batch_view *view, const weft_job *job, const char *reason) {
    char granted[WEFT_SIZE_TEXT_BYTES];
    if (event == WEFT_BATCH_BEGAN) {
        weft_text_size(job->granted_bytes, granted);
        weft_log(WEFT_LOG_INFO, "%s: begins with %s: %s", job->name, granted,
                 job->attempts > 1 ? "another attempt"
                 : reason != NULL  ? reason
                                   : "");
    } else if (event == WEFT_BATCH_AGAIN) {
        weft_log(WEFT_LOG_WARNING, "%s: %s: %s; %s", job->name, weft_job_cause_name(job->cause),
                 job->message != NULL ? job->message : "", reason);
    } else if (event == WEFT_BATCH_ENDED) {
        say_ended(view, job);
    }
}

static void say_event(weft_batch_event event, const weft_batch_view *view, const weft_job *job, const char *reason) {
    weft_text fields = {0};
    if (event == WEFT_BATCH_TICKED) {
        weft_text_add(&fields, ", \"done\": %d, \"total\": %d, \"running\": %d, \"granted_bytes\": %lld", over(view),
                      view->work->list.count, view->running_count, (long long)view->work->grants.granted_bytes);
        if (view->seconds_left >= 0) weft_text_add(&fields, ", \"seconds_left\": %.1f", view->seconds_left);
        weft_log_event(WEFT_LOG_INFO, "progress", &fields);
    } else {
        weft_text_add_json_member(&fields, "job", job->name);
        weft_text_add_json_member(&fields, "state",
                                  event == WEFT_BATCH_AGAIN ? "again" : weft_job_state_name(job->state));
        weft_text_add(&fields, ", \"attempt\": %d, \"granted_bytes\": %lld, \"peak_bytes\": %lld", job->attempts,
                      (long long)job->granted_bytes, (long long)job->peak_bytes);
        if (event != WEFT_BATCH_BEGAN) weft_text_add_json_member(&fields, "cause", weft_job_cause_name(job->cause));
        if (reason != NULL) weft_text_add_json_member(&fields, "reason", reason);
        if (job->message != NULL) weft_text_add_json_member(&fields, "message", job->message);
        weft_log_event(WEFT_LOG_INFO, "job", &fields);
    }
    weft_text_dispose(&fields);
}

void weft_batch_progress_start(weft_batch_progress *progress) {
    if (progress->kind == WEFT_PROGRESS_BAR) weft_log_set_hook(clear, progress);
}

void weft_batch_progress_show(void *payload, weft_batch_event event, const weft_batch_view *view, const weft_job *job,
                              const char *reason) {
    weft_batch_progress *progress = payload;
    switch (progress->kind) {
    case WEFT_PROGRESS_JSON:
        say_event(event, view, job, reason);
        break;
    case WEFT_PROGRESS_BAR:
        if (event == WEFT_BATCH_TICKED) print_block(progress, view);
        /* What begins is seen below. */
        if (event != WEFT_BATCH_BEGAN) say_line(event, view, job, reason);
        break;
    case WEFT_PROGRESS_PLAIN:
        say_line(event, view, job, reason);
        break;
    default:
        break;
    }
}

void weft_batch_progress_finish(weft_batch_progress *progress) {
    clear(progress);
    weft_log_set_hook(NULL, NULL);
}
