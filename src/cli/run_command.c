/* weft run: one job, with its progress, its signals and its summary.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/progress.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/orchestrator.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct run_arguments {
    weft_overrides overrides;
    weft_progress_kind progress;
} run_arguments;

static bool take_set(void *payload, const char *value, weft_error *err) {
    return weft_overrides_add(&((run_arguments *)payload)->overrides, value, err);
}

static bool take_progress(void *payload, const char *value, weft_error *err) {
    return weft_progress_parse(&((run_arguments *)payload)->progress, value, err);
}

/* Signals reach the run through this alone. */
static weft_cancel interruption;

/* The first signal asks; the second gets what it would have got without us. */
static void on_signal(int number) {
    weft_cancel_request(&interruption, WEFT_CANCEL_SIGNAL);
    static const char message[] = "weft: stopping; once more stops at once\n";
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    (void)number;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static const char *counted(int count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

typedef struct shown_run {
    weft_progress progress;
    weft_progress_kind wanted;
    weft_text outputs; /* a line each, for the summary */
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
    for (int i = 0; i < plan->output_count; i++)
        weft_text_add(&shown->outputs, "output   %s\n", plan->outputs[i].path);
    weft_progress_start(&shown->progress, shown->wanted, grid->cols);
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
    printf("time     %.2f s, %s rows/s\n", result->seconds, grouped((int64_t)((double)result->lines / seconds), rate));
    printf("memory   peak %s of %s\n", peak, limit);
    if (result->adaptations > 0)
        printf("         sizes changed %lld times under pressure: weft memory adaptations --db %s\n",
               (long long)result->adaptations, config->metrics_database);
    printf("metrics  %s\n", config->metrics_database);
}

static int run_config(const weft_config *config, weft_progress_kind wanted) {
    shown_run shown = {.wanted = wanted};
    weft_run_options options = {.cancel = &interruption,
                                .observer = {NULL, weft_progress_step, &shown.progress},
                                .planned = show_plan,
                                .planned_payload = &shown};
    weft_run_result result;
    weft_error err = {0};
    catch_signals();
    weft_status status = weft_run(config, &options, &result, &err);
    weft_progress_finish(&shown.progress);
    if (status == WEFT_OK && shown.outputs.data != NULL) print_summary(config, shown.outputs.data, &result);
    weft_text_dispose(&shown.outputs);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

static int run_run(int argc, char **argv) {
    static const weft_option options[] = {{"set", true, take_set}, {"progress", true, take_progress}, {0}};
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
        if (exit_code == 0) exit_code = run_config(config, taken.progress);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

const weft_command weft_run_command = {
    "run", "put the rasters on the grid and write the table",
    "usage: weft run CONFIG [--set KEY=VALUE].. [--progress auto|plain|json|none]\n"
    "\n"
    "Runs one job. The table is written beside its final place as .part and gets its name when it is\n"
    "complete and on disk; what stood there before stays until then. Prints what it made on stdout,\n"
    "all else on stderr. The first SIGINT or SIGTERM stops after the window in hand, the second at once.\n"
    "\n"
    "  --set KEY=VALUE  as if it stood in the file: --set memory.limit=512MiB\n"
    "  --progress KIND  auto: a bar on a terminal, plain lines otherwise; json: a line an event; none\n"
    "\n"
    "exit codes: 0 done; 64 usage; 65 configuration or data; 66 input missing; 70 internal; 71 memory;\n"
    "74 input/output, disk full; 75 interrupted, or the output is in use by another run; 77 permission\n",
    run_run};
