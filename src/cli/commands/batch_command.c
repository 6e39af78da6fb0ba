/* weft batch: a night of jobs, with its options, its progress and its table.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/batch_progress.h"
#include "cli/record_printer.h"
#include "cli/serving/served.h"
#include "cli/terminal/terminal.h"
#include "config/batch/batch_file.h"
#include "core/log.h"
#include "core/memory/units.h"
#include "core/text.h"
#include "pipeline/batch/batch_accept.h"
#include "pipeline/batch/batch_forecast.h"
#include "pipeline/batch/batch_run.h"
#include "pipeline/formats/formats.h"
#include "pipeline/slurm/slurm_submit.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GIVEN   8
#define GIVEN_BYTES 256
#define TABLE_ROWS  50 /* of a table for people: of more jobs, those that are not done */

typedef struct batch_arguments {
    weft_override overrides[MAX_GIVEN]; /* of the batch file's keys */
    char given[MAX_GIVEN][GIVEN_BYTES];
    const char *given_texts[MAX_GIVEN];
    int count;
    weft_progress_kind progress;
    weft_serve_request serve;
    weft_record_format format;
    bool dry_run, slurm;
    const char *shards; /* of each job, with slurm */
} batch_arguments;

/* What is asked for: by its first argument, or by options. */
typedef enum batch_word { RUN, ACCEPT, COLLECT } batch_word;

/* An option that is a key of the batch file: its name, with _ for -. Without a value it is true. */
static bool take_key(const weft_option *option, void *target, const char *value, weft_error *err) {
    batch_arguments *taken = target;
    const char *key = strcmp(option->name, "keep-going") == 0 ? "keep_going" : option->name;
    int at = 0;
    /* The last one counts. */
    while (at < taken->count && strcmp(taken->overrides[at].key, key) != 0)
        at++;
    if (at == MAX_GIVEN) {
        weft_error_set(err, WEFT_ERR_USAGE, "too many options");
        return false;
    }
    taken->overrides[at] = (weft_override){key, value != NULL ? value : "true"};
    (void)snprintf(taken->given[at], GIVEN_BYTES, "--%s%s%s", option->name, value != NULL ? " " : "",
                   value != NULL ? value : "");
    taken->given_texts[at] = taken->given[at];
    if (at == taken->count) taken->count++;
    return true;
}

/* What is done is not done again in any case. */
static bool take_nothing(const weft_option *option, void *target, const char *value, weft_error *err) {
    (void)option;
    (void)target;
    (void)value;
    (void)err;
    return true;
}

/* --- tables --- */

#define CELL_BYTES 64

static void put_number(char out[CELL_BYTES], const char **value, const char *format, double number) {
    (void)snprintf(out, CELL_BYTES, format, number);
    *value = out;
}

/* One line for people: a line break, with the blanks after it, becomes a blank. */
static char *one_line(const char *text) {
    char *copy = text == NULL ? NULL : weft_text_format("%s", text), *to = copy;
    for (const char *at = copy; at != NULL && *at != '\0'; at++) {
        bool line_break = *at == '\n';
        *to++ = line_break ? ' ' : *at;
        while (line_break && at[1] == ' ')
            at++;
    }
    if (to != NULL) *to = '\0';
    return copy;
}

static bool is_fine(const weft_job *job) {
    return job->state == WEFT_JOB_IS_DONE || job->state == WEFT_JOB_IS_UNCHANGED;
}

static void add_job(weft_records *records, const weft_job *job) {
    static const bool numeric[] = {false, false, true, true, true, true, true, true, false, false};
    char cells[6][CELL_BYTES];
    const char *values[] = {job->name, weft_job_state_name(job->state), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    char *message = one_line(job->message);
    put_number(cells[0], &values[2], "%.0f", job->attempts);
    if (job->attempts > 0) {
        put_number(cells[1], &values[3], "%.2f", job->seconds);
        put_number(cells[2], &values[4], "%.1f", (double)job->peak_bytes / WEFT_MIB);
        put_number(cells[3], &values[5], "%.1f", (double)job->granted_bytes / WEFT_MIB);
    }
    bool exited = job->signal == 0 && !is_fine(job) && (job->attempts > 0 || job->state == WEFT_JOB_HAS_FAILED);
    if (exited) put_number(cells[4], &values[6], "%.0f", job->exit_code);
    if (job->signal != 0) put_number(cells[5], &values[7], "%.0f", job->signal);
    if (!is_fine(job)) values[8] = weft_job_cause_name(job->cause);
    values[9] = message;
    (void)weft_records_add(records, 10, NULL, values, numeric);
    free(message);
}

static bool print_jobs(const weft_job_list *list, weft_record_format format) {
    static const char *const names[] = {"job",         "state",     "attempts", "seconds", "peak_mib",
                                        "granted_mib", "exit_code", "signal",   "cause",   "message"};
    weft_records records = {0};
    bool few = list->count <= TABLE_ROWS || format != WEFT_RECORDS_TABLE;
    (void)weft_records_add(&records, 10, names, NULL, NULL);
    for (int i = 0; i < list->count; i++)
        if (few || (!is_fine(&list->jobs[i]) && records.rows <= TABLE_ROWS)) add_job(&records, &list->jobs[i]);
    bool ok = !records.failed && (records.rows == 1 && !few ? true : weft_records_print(&records, format));
    weft_records_dispose(&records);
    return ok;
}

static void print_total(const weft_batch_work *work, const weft_batch_result *result) {
    int counts[WEFT_JOB_STATE_COUNT] = {0};
    char time[WEFT_TIME_TEXT_BYTES];
    bool first = true;
    for (int i = 0; i < work->list.count; i++)
        counts[work->list.jobs[i].state]++;
    weft_time_text(result->seconds, time);
    printf("%d %s: ", work->list.count, work->list.count == 1 ? "job" : "jobs");
    for (int i = 0; i < WEFT_JOB_STATE_COUNT; i++) {
        if (counts[i] == 0) continue;
        printf("%s%d %s", first ? "" : ", ", counts[i], weft_job_state_name((weft_job_state)i));
        first = false;
    }
    printf("; %s\nrecord   %s\n", time, work->folder.record_path);
}

/* --- running --- */

static int print_problems(weft_problems *problems, const weft_error *err) {
    if (problems->count == 0) return weft_fail(err);
    fputs(problems->text.data, stderr);
    return weft_status_exit_code(problems->of_options == problems->count ? WEFT_ERR_USAGE : err->status);
}

/* Jobs whose configuration is wrong, where they keep all from running. Returns the exit code; 0: there are none. */
static int print_wrong_jobs(const weft_batch_work *work) {
    weft_job_cause worst = WEFT_CAUSE_NONE;
    int shown = 0;
    for (int i = 0; i < work->list.count; i++) {
        const weft_job *job = &work->list.jobs[i];
        if (job->state != WEFT_JOB_HAS_FAILED) continue;
        worst = weft_job_cause_worse(worst, job->cause);
        if (shown++ < TABLE_ROWS)
            weft_log(WEFT_LOG_ERROR, "%s: %s", job->name, job->message != NULL ? job->message : "");
    }
    if (shown > 0)
        weft_log(WEFT_LOG_INFO, "no job was started: %d of %d jobs cannot run; --keep-going runs the others", shown,
                 work->list.count);
    return weft_job_cause_exit_code(worst);
}

static void end_by_signal(int number) {
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* What sees all that happens. */
typedef struct shown_batch {
    weft_batch_progress progress;
    weft_served served;
} shown_batch;

static void show(void *payload, weft_batch_event event, const weft_batch_view *view, const weft_job *job,
                 const char *reason) {
    shown_batch *shown = payload;
    weft_batch_progress_show(&shown->progress, event, view, job, reason);
    if (shown->served.batch != NULL) weft_live_batch_note(shown->served.batch, event, view, job);
}

/* How often what is shown is brought up to date while nothing happens; 0: never. */
static int tick_of(weft_progress_kind kind, bool served) {
    if (kind == WEFT_PROGRESS_BAR) return 250;
    return kind == WEFT_PROGRESS_JSON || served ? 1000 : 0;
}

/* Prints how a batch has ended; returns the exit code. */
static int print_end(const weft_batch_work *work, const batch_arguments *taken, const weft_batch_result *result) {
    (void)print_jobs(&work->list, taken->format);
    if (taken->format == WEFT_RECORDS_TABLE) print_total(work, result);
    if (result->second_signal != 0) end_by_signal(result->second_signal);
    if (!result->stopped) return weft_job_cause_exit_code(result->worst);
    weft_log(WEFT_LOG_INFO, "stopped; the same command continues");
    return weft_status_exit_code(WEFT_ERR_CANCELLED);
}

static int run_jobs(weft_batch_work *work, const batch_arguments *taken) {
    shown_batch shown = {.progress.kind = taken->progress};
    weft_batch_progress *progress = &shown.progress;
    weft_batch_result result = {0};
    weft_error err = {0};
    if (progress->kind == WEFT_PROGRESS_AUTO)
        progress->kind = weft_terminal_is_there() ? WEFT_PROGRESS_BAR : WEFT_PROGRESS_PLAIN;
    weft_batch_options options = {.program = "weft",
                                  .observer = show,
                                  .payload = &shown,
                                  .tick_ms = tick_of(progress->kind, taken->serve.wanted)};
    weft_status status = weft_batch_work_open(work, &err);
    if (status == WEFT_OK) status = weft_served_batch_start(&shown.served, &taken->serve, work, &err);
    if (status == WEFT_OK) {
        weft_batch_progress_start(progress);
        status = weft_batch_run(work, &options, &result, &err);
        weft_batch_progress_finish(progress);
    }
    weft_served_stop(&shown.served);
    return status == WEFT_OK ? print_end(work, taken, &result) : weft_fail(&err);
}

/* --- the dry run --- */

static void add_forecast(weft_records *records, const weft_job *job, const weft_job_forecast *forecast) {
    static const bool numeric[] = {false, false, true, true, true, false};
    char cells[3][CELL_BYTES];
    char *reason = one_line(forecast->reason);
    const char *values[] = {job->name, weft_forecast_name(forecast->kind), NULL, NULL, NULL, reason};
    if (forecast->desired_bytes > 0) {
        put_number(cells[0], &values[2], "%.0f", (double)forecast->min_bytes / WEFT_MIB);
        put_number(cells[1], &values[3], "%.0f", (double)forecast->desired_bytes / WEFT_MIB);
    }
    if (forecast->seconds >= 0) put_number(cells[2], &values[4], "%.2f", forecast->seconds);
    (void)weft_records_add(records, 6, NULL, values, numeric);
    free(reason);
}

/* What a batch does that is at work is in its record when a job has ended: until then it is told as it was before. */
static void warn_of_work(const weft_batch_work *work) {
    int64_t holder;
    if (!weft_batch_folder_is_in_use(&work->folder, &holder)) return;
    if (holder > 0)
        weft_log(WEFT_LOG_WARNING,
                 "process %lld runs this batch now: jobs that it has begun are told as they were before",
                 (long long)holder);
    else
        weft_log(WEFT_LOG_WARNING, "this batch is running now: jobs that it has begun are told as they were before");
}

static int forecast_jobs(weft_batch_work *work, const batch_arguments *taken) {
    static const char *const names[] = {"job", "would", "min_mib", "desired_mib", "seconds", "why"};
    weft_job_forecast *all = NULL;
    weft_error err = {0};
    weft_records records = {0};
    weft_job_cause worst = WEFT_CAUSE_NONE;
    double seconds = 0;
    int runs = 0;
    warn_of_work(work);
    if (weft_batch_forecast(work, &all, &seconds, &err) != WEFT_OK) return weft_fail(&err);
    (void)weft_records_add(&records, 6, names, NULL, NULL);
    for (int i = 0; i < work->list.count; i++) {
        runs += all[i].kind == WEFT_FORECAST_RUNS;
        if (all[i].kind == WEFT_FORECAST_FAILS) worst = weft_job_cause_worse(worst, work->list.jobs[i].cause);
        add_forecast(&records, &work->list.jobs[i], &all[i]);
    }
    if (!records.failed) (void)weft_records_print(&records, taken->format);
    if (taken->format == WEFT_RECORDS_TABLE) {
        char time[WEFT_TIME_TEXT_BYTES] = "", budget[WEFT_SIZE_TEXT_BYTES];
        weft_text_size(work->grants.budget_bytes, budget);
        if (runs > 0 && seconds >= 0) weft_time_text(seconds, time);
        printf("%d of %d jobs would run, %d at once, inside %s%s%s\n", runs, work->list.count, work->grants.workers,
               budget, time[0] != '\0' ? "; about " : "", time);
    }
    weft_records_dispose(&records);
    weft_batch_forecast_free(all, work->list.count);
    return weft_job_cause_exit_code(worst);
}

/* --- accepting --- */

static void print_accepted(void *payload, const char *job, const char *message) {
    const char *word = payload;
    if (message == NULL)
        printf("%s: %s\n", job, word);
    else
        weft_log(WEFT_LOG_ERROR, "%s: not %s: %s", job, word, message);
}

static int accept_jobs(weft_batch_work *work, batch_word word) {
    weft_job_cause worst;
    weft_error err = {0};
    weft_status status = weft_batch_work_open(work, &err);
    if (status == WEFT_OK)
        status = weft_batch_accept(work, word == ACCEPT ? WEFT_ACCEPT_ALL : WEFT_ACCEPT_SAME, print_accepted,
                                   word == ACCEPT ? "accepted" : "done", &worst, &err);
    return status == WEFT_OK ? weft_job_cause_exit_code(worst) : weft_fail(&err);
}

/* --- Slurm --- */

static void print_submitted(void *payload, const char *text) {
    (void)payload;
    printf("%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
}

static int submit_jobs(weft_batch_work *work, const batch_arguments *taken, const weft_arguments *arguments) {
    weft_error err = {0};
    char *end = "";
    long shards = taken->shards == NULL ? 0 : strtol(taken->shards, &end, 10);
    weft_slurm_options options = {.shards = (int)shards,
                                  .dry_run = taken->dry_run,
                                  .files = arguments->files,
                                  .file_count = arguments->file_count,
                                  .told = print_submitted};
    if (*end != '\0' || (taken->shards != NULL && shards < 1) || shards > WEFT_SLURM_MAX_INDICES) {
        weft_error_set(&err, WEFT_ERR_USAGE, "--shards: %s is no number from 1 to %d", taken->shards,
                       WEFT_SLURM_MAX_INDICES);
        return weft_fail(&err);
    }
    weft_status status = taken->dry_run ? WEFT_OK : weft_batch_work_open(work, &err);
    if (status == WEFT_OK) status = weft_slurm_submit(work, &options, &err);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

/* --- the command --- */

static int run_batch_file(const weft_batch_file *batch, const batch_arguments *taken, const weft_arguments *arguments,
                          batch_word word) {
    weft_batch_work work;
    weft_problems problems = {0};
    weft_error err = {0};
    weft_status status = weft_batch_work_init(&work, batch, &problems, &err);
    if (status == WEFT_OK) status = weft_batch_work_check(&work, &problems, &err);
    int exit_code = status == WEFT_OK ? 0 : print_problems(&problems, &err);
    bool forecasts = taken->dry_run && !taken->slurm;
    if (exit_code == 0 && !batch->keep_going && !forecasts && word == RUN) exit_code = print_wrong_jobs(&work);
    if (exit_code == 0)
        exit_code = word != RUN      ? accept_jobs(&work, word)
                    : taken->slurm   ? submit_jobs(&work, taken, arguments)
                    : taken->dry_run ? forecast_jobs(&work, taken)
                                     : run_jobs(&work, taken);
    weft_problems_dispose(&problems);
    weft_batch_work_dispose(&work);
    return exit_code;
}

extern const weft_command weft_batch_command;

static int run_batch(int argc, char **argv) {
    batch_arguments taken = {0};
    weft_arguments arguments;
    weft_batch_file *batch = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_batch_command, &taken, argc, argv)) return arguments.exit_code;
    batch_word word = strcmp(arguments.files[0], "accept") == 0    ? ACCEPT
                      : strcmp(arguments.files[0], "collect") == 0 ? COLLECT
                                                                   : RUN;
    int skipped = word != RUN;
    if (word != RUN &&
        !weft_arguments_allow(&arguments, word == ACCEPT ? "weft batch accept" : "weft batch collect", "", &err))
        return weft_fail(&err);
    if (arguments.file_count == skipped || (taken.shards != NULL && !taken.slurm)) {
        weft_error_set(&err, WEFT_ERR_USAGE,
                       arguments.file_count == skipped ? "weft batch %s needs a batch file, or configurations"
                                                       : "--shards is for --slurm",
                       arguments.files[0]);
        return weft_fail(&err);
    }
    weft_status status =
        weft_batch_file_load(&batch, arguments.files + skipped, arguments.file_count - skipped, taken.overrides,
                             taken.given_texts, taken.count, &weft_all_registries, &problems, &err);
    int exit_code =
        status == WEFT_OK ? run_batch_file(batch, &taken, &arguments, word) : print_problems(&problems, &err);
    weft_problems_dispose(&problems);
    weft_batch_file_free(batch);
    return exit_code;
}

static const weft_option options[] = {
    {"workers", "N", "jobs that run at once; default: as many as CPUs that this process may use", false, 0, take_key},
    {"memory", "LIMIT", "what all jobs together may be granted: 8GiB, 50%, auto", false, 0, take_key},
    {"retry", "N",
     "attempts after the first, where the cause may pass; default: 2\nWith more memory where memory was the cause, "
     "later "
     "where the output is in use, never where configuration, data or permissions are wrong",
     false, 0, take_key},
    {"timeout", "T", "the longest that an attempt may take: 90s, 30min, 2h", false, 0, take_key},
    {"keep-going", NULL, "let other jobs run when one has failed", false, 0, take_key},
    {"resume", NULL, "run only what is not done; this is always so", false, 0, take_nothing},
    {"dry-run", NULL, "print what would run, why, with how much memory and for how long", false,
     offsetof(batch_arguments, dry_run), weft_take_flag},
    {"slurm", NULL,
     "submit the jobs to Slurm: an array for each entry, with memory and time from the plans\nThe arrays of entries "
     "that "
     "others need end well before these begin. A last job notes what was made (collect). With --dry-run the scripts "
     "are "
     "printed, and nothing is written. sbatch takes what the scripts do not say from its variables: SBATCH_PARTITION, "
     "SBATCH_ACCOUNT",
     false, offsetof(batch_arguments, slurm), weft_take_flag},
    {"shards", "N", "with --slurm: make each job by an array of N shards, and a job that joins them", false,
     offsetof(batch_arguments, shards), weft_take_text},
    {"progress", "auto|plain|json|none",
     "how progress is shown; auto: a bar on a terminal, plain lines otherwise\nThe bar is a line a running job and one "
     "of all. json: every line on standard error is an object, with the event job for each that begins, ends or is "
     "tried again",
     false, offsetof(batch_arguments, progress), weft_take_progress},
    {"serve", "[=ADDR]", WEFT_SERVE_HELP, false, offsetof(batch_arguments, serve), weft_take_serve},
    {"format", "table|csv|json", "how the rows are printed: for people, or for programs", false,
     offsetof(batch_arguments, format), weft_take_word},
    {0}};

const weft_command weft_batch_command = {
    .name = "batch",
    .summary = "run many jobs inside one memory budget",
    .argument = "CONFIG..",
    .takes = "needs a batch file, or configurations",
    .example = "weft batch night.yml --keep-going",
    .description =
        "Runs the jobs of a batch file, or one for each configuration. Each is a process of its own, with memory and "
        "threads granted out of one budget that all of them together never pass. A job that was done before is not run "
        "again unless its configuration, an input or an output has changed. Prints a table of the jobs on standard "
        "output, all else on standard error. What it keeps lies in .weft/batch/NAME beside the batch file: the record, "
        "a "
        "log an attempt, the joblog.\n\n"
        "Where the first argument is the word accept, nothing runs: the outputs that are there are good, and their "
        "jobs "
        "are done, of configurations and inputs as they are now.\n\n"
        "  weft batch accept night.yml\n\n"
        "Where it is the word collect, jobs are done whose outputs were made elsewhere, of configurations as they are "
        "now: by Slurm, or by weft run.\n\n"
        "SIGINT, SIGTERM and SIGHUP are passed to the jobs, which end resumable; the same command continues. A second "
        "one "
        "ends all at once. The exit code is 0 where all jobs are done, 75 where a signal stopped it, and else that of "
        "the worst job: a crash or a kill (70), then input/output (74), memory (71), permission (77), input missing "
        "(66), "
        "configuration or data (65), in use (73), out of time (75). Of a dry run it is that of the worst job whose "
        "configuration cannot be read.",
    .options = options,
    .run = run_batch};
