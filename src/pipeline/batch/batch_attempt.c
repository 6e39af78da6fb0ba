/* One attempt at a job, from its command to what is noted of it.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_loop.h"

#include "core/clock.h"
#include "core/files/plain_file.h"
#include "monitors/memory_kills.h"
#include "pipeline/batch/job_log.h"
#include "pipeline/batch/joblog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ARGUMENTS 16
#define TAKEN_GRANT   0.9 /* of it: the memory monitor calls that critical */
#define NS_A_MS       INT64_C(1000000)

/* --- the beginning --- */

/* The command line of an attempt. Texts are in `texts`. */
typedef struct command {
    char *arguments[MAX_ARGUMENTS];
    int count;
    char memory[64], threads[32];
} command;

static void add(command *c, const char *argument) {
    c->arguments[c->count++] = (char *)argument;
}

static void make_command(command *c, const char *program, const char *config, weft_job_grant grant, bool is_plan,
                         bool resume) {
    *c = (command){0};
    (void)snprintf(c->memory, sizeof c->memory, "memory.limit=%lldB", (long long)grant.bytes);
    (void)snprintf(c->threads, sizeof c->threads, "threads=%d", grant.threads);
    add(c, program);
    add(c, is_plan ? "plan" : "run");
    add(c, config);
    add(c, "--set");
    add(c, c->memory);
    add(c, "--set");
    add(c, c->threads);
    if (is_plan) {
        add(c, "--json");
        return;
    }
    add(c, "--progress");
    add(c, "json");
    if (resume) add(c, "--resume");
}

/* A plan is made as if the job had all memory of the batch, and its part of the threads: what it says is the least and
 * what it asks for. */
static void widen_to_budget(command *c, const weft_job_grants *grants) {
    (void)snprintf(c->memory, sizeof c->memory, "memory.limit=%lldB", (long long)grants->budget_bytes);
    (void)snprintf(c->threads, sizeof c->threads, "threads=%d", grants->budget_threads / grants->workers);
}

/* As a shell reads it: it is what the joblog has, and who looks into one runs it again. */
static char *join(const command *c) {
    weft_text out = {0};
    for (int i = 0; i < c->count; i++) {
        if (i > 0) weft_text_add(&out, " ");
        weft_text_add_shell_word(&out, c->arguments[i]);
    }
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

/* A plan's output is a file of its own; all else goes to the log. */
static weft_status open_outputs(const weft_batch_loop *loop, const weft_running_job *running, const char *name,
                                int *output_fd, int *log_fd, weft_error *err) {
    *output_fd = -1;
    weft_status status = weft_plain_file_open(log_fd, running->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666, err);
    if (status != WEFT_OK || !running->is_plan) return status;
    char *path = weft_batch_folder_plan(&loop->work->folder, name);
    status = path == NULL ? weft_error_no_memory(err, "a job's attempt")
                          : weft_plain_file_open(output_fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0666, err);
    free(path);
    return status;
}

static weft_status start_process(weft_batch_loop *loop, weft_running_job *running, const command *c, const char *name,
                                 weft_error *err) {
    int output_fd = -1, log_fd = -1;
    weft_status status = open_outputs(loop, running, name, &output_fd, &log_fd, err);
    weft_job_descriptors given = {.output = output_fd >= 0 ? output_fd : log_fd,
                                  .error = log_fd,
                                  .kept = weft_file_lock_descriptor(loop->work->folder.lock)};
    if (status == WEFT_OK && !weft_job_server_fork(loop->server, &running->pid, c->arguments, &given, &loop->mask))
        status = weft_job_process_start(&running->pid, c->arguments, &given, &loop->mask, err);
    if (output_fd >= 0) (void)close(output_fd);
    if (log_fd >= 0) (void)close(log_fd);
    return status;
}

static weft_job_attempt describe(const weft_batch_loop *loop, const weft_running_job *running) {
    return (weft_job_attempt){.batch = loop->work->batch->name,
                              .job = loop->work->list.jobs[running->job].name,
                              .cause = "",
                              .log = running->log,
                              .attempt = running->attempt,
                              .started_ms = running->started_ms,
                              .threads = running->grant.threads,
                              .granted_bytes = running->grant.bytes};
}

weft_status weft_batch_attempt_start(weft_batch_loop *loop, int at, weft_job_grant grant, bool is_plan,
                                     weft_error *err) {
    weft_batch_work *work = loop->work;
    weft_job *job = &work->list.jobs[at];
    const weft_prepared_job *prepared = loop->turns[at].prepared;
    bool resume = prepared->resumes && !loop->turns[at].anew;
    char *config_path = NULL;
    weft_status status = weft_batch_folder_write_config(&work->folder, job->name, prepared->config, &config_path, err);
    weft_running_job running = {.job = at,
                                .is_plan = is_plan,
                                .grant = grant,
                                .attempt = job->attempts_before + job->attempts + 1,
                                .started_ms = weft_clock_wall_ms(),
                                .started_ns = weft_clock_monotonic_ns()};
    command c;
    make_command(&c, loop->options->program, config_path, grant, is_plan, resume);
    if (is_plan) widen_to_budget(&c, &work->grants);
    running.log = weft_batch_folder_log(&work->folder, job->name, is_plan ? 0 : running.attempt);
    running.command = join(&c);
    if (status == WEFT_OK && (running.log == NULL || running.command == NULL))
        status = weft_error_no_memory(err, "a job's attempt");
    weft_job_attempt attempt = describe(loop, &running);
    if (status == WEFT_OK && !is_plan)
        status = weft_batch_record_begin(work->compare.record, &attempt, prepared->identity, err);
    if (status == WEFT_OK) status = start_process(loop, &running, &c, job->name, err);
    free(config_path);
    if (status != WEFT_OK) {
        free(running.log);
        free(running.command);
        weft_job_grants_give_back(&work->grants, &grant);
        return status;
    }
    int64_t timeout_ms = weft_batch_entry_timeout_ms(work->batch, work->batch->entries[job->entry]);
    loop->watches[loop->running_count] =
        (weft_job_watch){.deadline_ns = timeout_ms > 0 ? running.started_ns + timeout_ms * NS_A_MS : 0,
                         .memory_kills = weft_memory_kills(""),
                         .resumed = resume};
    loop->running[loop->running_count++] = running;
    if (!is_plan) {
        job->attempts++;
        job->granted_bytes = grant.bytes;
    }
    weft_batch_loop_set(loop, job, WEFT_JOB_RUNS);
    if (!is_plan) weft_batch_loop_tell(loop, WEFT_BATCH_BEGAN, job, prepared->reason.data);
    return WEFT_OK;
}

/* --- the end --- */

static void wait_again(weft_batch_loop *loop, weft_job *job) {
    weft_batch_loop_set(loop, job, WEFT_JOB_WAITS);
    int at = (int)(job - loop->work->list.jobs);
    if (at < loop->first) loop->first = at;
}

/* What the plan says, or where there is none, something to begin with: the attempt itself then says what is wrong. */
static void end_plan(weft_batch_loop *loop, weft_job *job, const weft_running_job *running, const weft_job_end *end) {
    weft_kind_estimate *estimate = &loop->work->estimates[job->kind];
    char *path = weft_batch_folder_plan(&loop->work->folder, job->name);
    bool ok = end->exit_code == 0 && end->signal == 0 && path != NULL && weft_kind_estimate_read(estimate, path);
    int64_t budget = loop->work->grants.budget_bytes;
    if (!ok) {
        estimate->min_bytes = budget < WEFT_JOB_MIN_BYTES ? budget : WEFT_JOB_MIN_BYTES;
        estimate->desired_bytes = 2 * WEFT_JOB_MIN_BYTES;
        /* It needs more than all: so it is told. */
        if (end->exit_code == weft_status_exit_code(WEFT_ERR_MEMORY))
            estimate->min_bytes = estimate->desired_bytes = budget;
    }
    estimate->state = WEFT_ESTIMATE_KNOWN;
    if (path != NULL) (void)unlink(path);
    if (ok) (void)unlink(running->log);
    free(path);
    wait_again(loop, job);
}

/* In words, where the job's own do not say it: on the heap. */
static char *word_end(const weft_job_end *end, weft_job_cause cause, const char *said) {
    weft_text out = {0};
    if (cause == WEFT_CAUSE_TIMEOUT)
        weft_text_add(&out, "it ran longer than its timeout");
    else if (end->signal != 0 && cause == WEFT_CAUSE_MEMORY)
        weft_text_add(&out, "killed (signal %d) while memory was short", end->signal);
    else if (cause == WEFT_CAUSE_KILLED)
        weft_text_add(&out, "killed (signal %d) from outside: memory was not short", end->signal);
    else if (end->signal != 0)
        weft_text_add(&out, "ended by signal %d (%s)", end->signal, strsignal(end->signal));
    else if (said == NULL)
        weft_text_add(&out, "ended with exit code %d, and said nothing", end->exit_code);
    if (said != NULL) weft_text_add(&out, "%s%s", out.length > 0 ? ": " : "", said);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

/* Whether there is another attempt, and how; its floor and its time are set. */
static bool plan_retry(weft_batch_loop *loop, weft_job *job, weft_job_cause cause, const weft_running_job *running,
                       const weft_job_watch *watch, char *reason, size_t capacity) {
    const weft_batch_file *batch = loop->work->batch;
    weft_job_turn *turn = &loop->turns[running->job];
    weft_job_retry retry = weft_job_cause_retry(cause);
    int64_t budget = loop->work->grants.budget_bytes, max = weft_batch_entry_retry(batch, batch->entries[job->entry]);
    if (loop->stopping) return false;
    if (cause == WEFT_CAUSE_DATA && watch->resumed) {
        turn->anew = true;
        (void)snprintf(reason, capacity, "it cannot be resumed: it starts from the beginning");
        return true;
    }
    if (retry == WEFT_RETRY_NEVER || job->attempts > max) return false;
    if (retry == WEFT_RETRY_ONCE && job->cause == cause) return false;
    if (retry == WEFT_RETRY_WITH_MORE_MEMORY && running->grant.bytes >= budget) return false;
    int64_t pause_ms = weft_job_retry_pause_ms(retry, batch->retry_pause_ms, job->attempts);
    turn->not_before_ns = weft_clock_monotonic_ns() + pause_ms * NS_A_MS;
    turn->prepared->resumes = weft_job_cause_resumes(cause);
    turn->overtaken = 0;
    if (retry == WEFT_RETRY_WITH_MORE_MEMORY) {
        /* Its plan may know better what is the least: an eighth more, since libraries take more in one process than in
         * another. */
        int64_t min = loop->work->estimates[job->kind].min_bytes,
                floor = weft_larger(2 * running->grant.bytes, min + min / 8);
        char size[WEFT_SIZE_TEXT_BYTES];
        turn->floor_bytes = weft_smaller(floor, budget);
        weft_text_size(turn->floor_bytes, size);
        (void)snprintf(reason, capacity, "again in %.3g s with %s at least", (double)pause_ms / 1000, size);
    } else {
        (void)snprintf(reason, capacity, "again in %.3g s", (double)pause_ms / 1000);
    }
    return true;
}

/* The outputs' and inputs' files of an attempt that is done; it is not, where they cannot be told. */
static weft_status gather(const weft_batch_loop *loop, const weft_running_job *running, weft_job_files *files,
                          weft_job_cause *cause, char **message, weft_error *err) {
    weft_error own = {0};
    const weft_config *config = loop->turns[running->job].prepared->config;
    weft_status status = weft_job_files_of_run(files, &loop->work->compare, config, &own);
    if (status == WEFT_OK) return WEFT_OK;
    if (status == WEFT_ERR_MEMORY) return weft_error_no_memory(err, "a job's attempt");
    *cause = WEFT_CAUSE_IO;
    *message = weft_text_format("it ended well, but %s", own.message);
    return *message == NULL ? weft_error_no_memory(err, "a job's attempt") : WEFT_OK;
}

static void keep_peak(weft_batch_loop *loop, const weft_job *job, int64_t peak_bytes) {
    weft_kind_estimate *estimate = &loop->work->estimates[job->kind];
    if (peak_bytes > estimate->peak_bytes) estimate->peak_bytes = peak_bytes;
}

/* Notes the attempt in the record and the joblog. */
static weft_status note(weft_batch_loop *loop, const weft_running_job *running, const weft_job_attempt *attempt,
                        weft_job_cause cause, const weft_job_files *files, weft_error *err) {
    weft_job_outcome outcome = cause == WEFT_CAUSE_NONE        ? WEFT_JOB_DONE
                               : weft_job_cause_resumes(cause) ? WEFT_JOB_INTERRUPTED
                                                               : WEFT_JOB_FAILED;
    weft_status status = weft_batch_record_end(loop->work->compare.record, attempt, outcome, files, err);
    if (status != WEFT_OK) return status;
    return weft_joblog_add(loop->work->folder.joblog_path, running->job + 1, attempt, running->command, err);
}

static void close_job(weft_batch_loop *loop, weft_job *job, weft_job_cause cause) {
    int at = (int)(job - loop->work->list.jobs);
    weft_prepared_job_dispose(loop->turns[at].prepared);
    free(loop->turns[at].prepared);
    loop->turns[at].prepared = NULL;
    job->cause = cause;
    weft_batch_loop_settle(loop, at,
                           cause == WEFT_CAUSE_NONE      ? WEFT_JOB_IS_DONE
                           : cause == WEFT_CAUSE_STOPPED ? WEFT_JOB_IS_LEFT
                                                         : WEFT_JOB_HAS_FAILED);
}

static weft_status end_attempt(weft_batch_loop *loop, const weft_running_job *running, const weft_job_watch *watch,
                               const weft_job_end *end, const weft_job_usage *usage, weft_error *err) {
    weft_job *job = &loop->work->list.jobs[running->job];
    weft_job_cause cause = weft_job_cause_of(end);
    weft_job_words words = {0};
    weft_job_files files = {0};
    weft_job_attempt attempt = describe(loop, running);
    char reason[128] = "";
    weft_status status = weft_job_log_words(running->log, &words, err);
    free(job->message);
    job->message = NULL;
    if (status == WEFT_OK && cause != WEFT_CAUSE_NONE) job->message = word_end(end, cause, words.message);
    if (status == WEFT_OK && cause == WEFT_CAUSE_NONE)
        status = gather(loop, running, &files, &cause, &job->message, err);
    attempt.ended_ms = weft_clock_wall_ms();
    attempt.cause = weft_job_cause_name(cause);
    attempt.message = job->message;
    attempt.exit_code = end->exit_code;
    attempt.signal = end->signal;
    attempt.peak_bytes = words.peak_bytes > usage->peak_bytes ? words.peak_bytes : usage->peak_bytes;
    attempt.adaptations = words.adaptations;
    attempt.rows = words.rows;
    attempt.bytes = words.bytes;
    attempt.cpu_seconds = usage->cpu_seconds;
    job->exit_code = end->exit_code;
    job->signal = end->signal;
    job->peak_bytes = attempt.peak_bytes;
    job->rows = words.rows;
    job->seconds += (double)(weft_clock_monotonic_ns() - running->started_ns) / 1e9;
    if (status == WEFT_OK) status = note(loop, running, &attempt, cause, cause == WEFT_CAUSE_NONE ? &files : NULL, err);
    if (cause == WEFT_CAUSE_NONE) keep_peak(loop, job, attempt.peak_bytes);
    if (status == WEFT_OK && plan_retry(loop, job, cause, running, watch, reason, sizeof reason)) {
        job->cause = cause;
        weft_batch_loop_tell(loop, WEFT_BATCH_AGAIN, job, reason);
        wait_again(loop, job);
    } else if (status == WEFT_OK) {
        close_job(loop, job, cause);
    }
    weft_job_words_dispose(&words);
    weft_job_files_dispose(&files);
    return status;
}

/* Whether memory was why the kernel, or a daemon that looks after it, killed the process: either counts such kills, of
 * any process, or it had taken nearly all that was granted. Where the kernel counts none, it is taken to be so. */
static bool was_short(const weft_running_job *running, const weft_job_watch *watch, const weft_job_usage *usage) {
    int64_t kills = weft_memory_kills("");
    return kills < 0 || kills > watch->memory_kills ||
           (double)usage->peak_bytes >= TAKEN_GRANT * (double)running->grant.bytes;
}

weft_status weft_batch_attempt_end(weft_batch_loop *loop, int at, weft_job_end end, const weft_job_usage *usage,
                                   weft_error *err) {
    weft_running_job running = loop->running[at];
    weft_job_watch watch = loop->watches[at];
    weft_job *job = &loop->work->list.jobs[running.job];
    loop->running_count--;
    loop->running[at] = loop->running[loop->running_count];
    loop->watches[at] = loop->watches[loop->running_count];
    weft_job_grants_give_back(&loop->work->grants, &running.grant);
    end.timed_out = watch.timed_out;
    end.stopped = watch.stopped;
    end.memory_short = end.signal == SIGKILL && was_short(&running, &watch, usage);
    weft_status status = WEFT_OK;
    if (running.is_plan)
        end_plan(loop, job, &running, &end);
    else
        status = end_attempt(loop, &running, &watch, &end, usage, err);
    free(running.log);
    free(running.command);
    return status;
}
