/* weft run: one job, with its progress, its signals and its summary.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/interruption.h"
#include "cli/progress.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/orchestrator.h"
#include "pipeline/run_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run_arguments {
    weft_overrides overrides;
    weft_progress_kind progress;
    bool resume;
} run_arguments;

static bool take_set(void *payload, const char *value, weft_error *err) {
    return weft_overrides_add(&((run_arguments *)payload)->overrides, value, err);
}

static bool take_progress(void *payload, const char *value, weft_error *err) {
    return weft_progress_parse(&((run_arguments *)payload)->progress, value, err);
}

static bool take_resume(void *payload, const char *value, weft_error *err) {
    (void)value;
    (void)err;
    ((run_arguments *)payload)->resume = true;
    return true;
}

static const char *counted(int count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

typedef struct shown_run {
    weft_progress progress;
    weft_progress_kind wanted;
    weft_text outputs; /* a line each, for the summary */
    weft_text statistics;
} shown_run;

static void show_plan(void *payload, const weft_plan *plan) {
    shown_run *shown = payload;
    char limit[WEFT_SIZE_TEXT_BYTES];
    const weft_grid *grid = &plan->grid;
    int threads = plan->memory.threads;
    weft_text_size(plan->memory.limit_bytes, limit);
    for (int i = 0; i < plan->warning_count; i++)
        weft_log(WEFT_LOG_WARNING, "%s", plan->warnings[i]);
    weft_log(WEFT_LOG_INFO, "%s: %d %s on %lld x %lld cells, %s; %s, %d %s, limit %s", plan->config->experiment,
             plan->layer_count, counted(plan->layer_count, "layer", "layers"), (long long)grid->cols,
             (long long)grid->rows, weft_crs_name(grid->crs),
             plan->config->enable_streaming ? "streaming" : "in memory", threads, counted(threads, "thread", "threads"),
             limit);
    for (int i = 0; i < plan->dataset_count; i++)
        if (plan->datasets[i].skipped != NULL)
            weft_text_add(&shown->outputs, "skipped  %s, its columns are empty: %s\n", plan->datasets[i].config->name,
                          plan->datasets[i].skipped);
    for (int i = 0; i < plan->output_count; i++)
        weft_text_add(&shown->outputs, "output   %s\n", plan->outputs[i].path);
    weft_progress_start(&shown->progress, shown->wanted, grid->cols);
}

static void keep_statistics(void *payload, const char *statistics) {
    weft_text_add(&((shown_run *)payload)->statistics, "%s", statistics);
}

/* 1234567 as "1,234,567". */
static const char *grouped(int64_t value, char out[32]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

static void print_summary(const weft_config *config, const char *outputs, const weft_run_result *result) {
    char lines[32], rate[32], bytes[WEFT_SIZE_TEXT_BYTES], peak[WEFT_SIZE_TEXT_BYTES], limit[WEFT_SIZE_TEXT_BYTES];
    weft_text_size(result->bytes, bytes);
    weft_text_size(result->peak_bytes, peak);
    weft_text_size(result->limit_bytes, limit);
    double seconds = result->seconds > 1e-6 ? result->seconds : 1e-6;
    fputs(outputs, stdout);
    printf("rows     %s, %s\n", grouped(result->lines, lines), bytes);
    printf("time     %.2f s, %s rows/s\n", result->seconds,
           grouped((int64_t)((double)(result->lines - result->kept_lines) / seconds), rate));
    if (result->kept_lines > 0)
        printf("         %s of the rows were there before\n", grouped(result->kept_lines, lines));
    printf("memory   peak %s of %s\n", peak, limit);
    if (result->adaptations > 0)
        printf("         sizes changed %lld times under pressure: weft memory adaptations --db %s\n",
               (long long)result->adaptations, config->metrics_database);
    if (result->reads_recovered > 0)
        printf("reads    %lld came good when they were tried again\n", (long long)result->reads_recovered);
    if (result->restarts > 0)
        printf("writing  went on from the last checkpoint %lld %s, after %s that passed\n", (long long)result->restarts,
               counted((int)result->restarts, "time", "times"),
               counted((int)result->restarts, "a failure", "failures"));
    printf("metrics  %s\n", config->metrics_database);
}

/* A word as a shell reads it back. */
static void add_word(weft_text *out, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        weft_text_add(out, "%s", word);
        return;
    }
    weft_text_add(out, "'");
    for (; *word != '\0'; word++)
        weft_text_add(out, *word == '\'' ? "'\\''" : "%c", *word);
    weft_text_add(out, "'");
}

/* What to type, anywhere, to go on with this run. NULL where there is no memory for it. */
static char *resume_command(const weft_config *config, const run_arguments *taken) {
    weft_text out = {0};
    char *path = realpath(config->file, NULL);
    weft_text_add(&out, "weft run ");
    add_word(&out, path != NULL ? path : config->file);
    for (int i = 0; i < taken->overrides.count; i++) {
        char *override = weft_text_format("%s=%s", taken->overrides.items[i].key, taken->overrides.items[i].value);
        weft_text_add(&out, " --set ");
        add_word(&out, override != NULL ? override : "");
        out.failed = out.failed || override == NULL;
        free(override);
    }
    if (!config->experiment_given) weft_text_add(&out, " --set experiment=%s", config->experiment);
    weft_text_add(&out, " --resume");
    free(path);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

/* The name of the run to go on with, or one that no other run has. */
static weft_status choose_name(weft_config *config, bool resume, weft_run_folder *folder, weft_error *err) {
    bool found = false;
    if (config->experiment_given) return WEFT_OK;
    weft_status status = resume ? weft_run_identity_choose(config, &found, err) : WEFT_OK;
    if (status != WEFT_OK || found) return status;
    return weft_run_folder_take_new(folder, config->output_dir, &config->experiment, err);
}

static int run_config(weft_config *config, const run_arguments *taken) {
    shown_run shown = {.wanted = taken->progress};
    weft_run_result result = {0};
    weft_error err = {0};
    weft_run_folder folder = {0};
    weft_cancel *cancel = weft_interruption_catch();
    weft_status status = choose_name(config, taken->resume, &folder, &err);
    if (status != WEFT_OK) return weft_fail(&err);
    char *command = resume_command(config, taken);
    weft_run_options options = {.cancel = cancel,
                                .observer = {NULL, weft_progress_step, &shown.progress},
                                .planned = show_plan,
                                .planned_payload = &shown,
                                .summarised = keep_statistics,
                                .summarised_payload = &shown,
                                .resume = taken->resume,
                                .folder = &folder,
                                .resume_command = command};
    status = weft_run(config, &options, &result, &err);
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING); /* of a run that did not come to it */
    weft_progress_finish(&shown.progress);
    if (status == WEFT_OK && result.was_finished)
        weft_log(WEFT_LOG_INFO, "%s is finished: there is nothing to resume", config->experiment);
    else if (status == WEFT_OK && shown.outputs.data != NULL)
        print_summary(config, shown.outputs.data, &result);
    if (status == WEFT_OK && shown.statistics.data != NULL) printf("\n%s", shown.statistics.data);
    weft_text_dispose(&shown.outputs);
    weft_text_dispose(&shown.statistics);
    int exit_code = status == WEFT_OK ? 0 : weft_fail(&err);
    if (result.can_go_on && command != NULL)
        weft_log(WEFT_LOG_INFO, "to go on where it stopped: %s", command);
    else if (status == WEFT_ERR_CANCELLED && command != NULL)
        weft_log(WEFT_LOG_INFO, "nothing of it is on disk yet; to begin again: %s", command);
    free(command);
    return exit_code;
}

static int run_run(int argc, char **argv) {
    static const weft_option options[] = {
        {"set", true, take_set}, {"progress", true, take_progress}, {"resume", false, take_resume}, {0}};
    run_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    weft_error err = {0};
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_run_command, options, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else if (arguments.file_count != 1) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft run needs one configuration");
        weft_error_hint(&err, "weft run config.yml");
        exit_code = weft_fail(&err);
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides);
        if (exit_code == 0) exit_code = run_config(config, &taken);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

const weft_command weft_run_command = {
    "run", "put the rasters on the grid and write the table",
    "usage: weft run CONFIG [--set KEY=VALUE].. [--resume] [--progress auto|plain|json|none]\n"
    "\n"
    "Runs one job. The table is written beside its final place as .part and gets its name when it is\n"
    "complete and on disk; what stood there before stays until then. Prints what it made on stdout,\n"
    "all else on stderr. The first SIGINT, SIGTERM or SIGHUP finishes the chunk in hand, within 5 seconds,\n"
    "and leaves a run that --resume goes on with; the second stops at once.\n"
    "\n"
    "  --set KEY=VALUE  as if it stood in the file: --set memory.limit=512MiB\n"
    "  --resume         go on where the run of this configuration was stopped or killed: the same name, or,\n"
    "                   where none is configured, the one that began last and is not finished. Nothing to\n"
    "                   resume: starts anew. Threads, memory, window and chunk sizes, mode and output_dir\n"
    "                   may be others; anything else that changed, or an input that did, is exit code 65\n"
    "  --progress KIND  auto: a bar on a terminal, plain lines otherwise; json: a line an event; none\n"
    "\n"
    "exit codes: 0 done; 64 usage; 65 configuration or data; 66 input missing; 70 internal; 71 memory;\n"
    "73 the output is in use by another run; 74 input/output, disk full; 75 interrupted; 77 permission\n",
    run_run};
