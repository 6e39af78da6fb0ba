/* weft memory: what the views of a metrics database say about where memory went.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/record_printer.h"
#include "core/text.h"
#include "store/metrics_query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct memory_arguments {
    const char *database, *experiment;
    int64_t run_id; /* 0: the latest; -1: all */
    weft_record_format format;
} memory_arguments;

static bool take_db(void *payload, const char *value, weft_error *err) {
    (void)err;
    ((memory_arguments *)payload)->database = value;
    return true;
}

static bool take_experiment(void *payload, const char *value, weft_error *err) {
    (void)err;
    ((memory_arguments *)payload)->experiment = value;
    return true;
}

static bool take_run(void *payload, const char *value, weft_error *err) {
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    ((memory_arguments *)payload)->run_id = strcmp(value, "all") == 0 ? -1 : number;
    if (strcmp(value, "all") == 0 || (errno == 0 && end != value && *end == '\0' && number > 0)) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--run %s: the number of a run or all is expected", value);
    weft_error_hint(err, "weft memory experiments --run all lists them");
    return false;
}

static bool take_format(void *payload, const char *value, weft_error *err) {
    return weft_record_format_parse(&((memory_arguments *)payload)->format, value, err);
}

static const struct {
    const char *word, *view;
} views[] = {
    {"stages", "v_memory_by_stage"},
    {"timeline", "v_memory_timeline"},
    {"alerts", "v_memory_alerts"},
    {"adaptations", "v_memory_adaptations"},
    {"pools", "v_pools"},
    {"operations", "v_operations"},
    {"experiments", "v_experiments"},
};

static const char *find_view(const char *word, weft_error *err) {
    const char *words[sizeof views / sizeof *views + 1] = {0};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].word, word) == 0) return views[i].view;
        words[i] = views[i].word;
    }
    const char *nearest = weft_text_nearest(word, words);
    weft_error_set(err, WEFT_ERR_USAGE, "weft memory knows no \"%s\"", word);
    if (nearest != NULL)
        weft_error_hint(err,
                        "did you mean %s? there are stages, timeline, alerts, adaptations, pools, operations and "
                        "experiments",
                        nearest);
    else
        weft_error_hint(err, "there are stages, timeline, alerts, adaptations, pools, operations and "
                             "experiments");
    return NULL;
}

/* Where the bundled configuration and the default put it. */
static const char *default_database(void) {
    return access("metrics.sqlite", F_OK) == 0 && access("out/metrics.sqlite", F_OK) != 0 ? "metrics.sqlite"
                                                                                          : "out/metrics.sqlite";
}

/* The experiment that began last; NULL when there is none. `experiments` holds it. */
static const char *latest(const weft_records *experiments) {
    const char *name = NULL, *latest_start = "";
    for (int row = 0; row < experiments->rows - 1; row++) {
        const char *start = weft_records_value(experiments, row, "started_at");
        if (start == NULL || strcmp(start, latest_start) < 0) continue;
        latest_start = start;
        name = weft_records_value(experiments, row, "experiment_id");
    }
    return name;
}

static weft_status print_view(const memory_arguments *taken, const char *view, weft_error *err) {
    weft_records experiments = {0}, records = {0};
    const char *database = taken->database != NULL ? taken->database : default_database();
    const char *experiment = taken->experiment;
    weft_status status = WEFT_OK;
    if (taken->run_id > 0 || strcmp(view, "v_experiments") == 0) {
        if (experiment != NULL && strcmp(experiment, "all") == 0) experiment = NULL;
    } else if (experiment == NULL) {
        status = weft_metrics_query(database, "v_experiments", NULL, weft_records_add, &experiments, err);
        if (status == WEFT_OK) experiment = latest(&experiments);
    } else if (strcmp(experiment, "all") == 0) {
        experiment = NULL;
    }
    if (status == WEFT_OK && taken->run_id == 0)
        status = weft_metrics_query(database, view, experiment, weft_records_add, &records, err);
    else if (status == WEFT_OK)
        status = weft_metrics_query_runs(database, view, experiment, taken->run_id, weft_records_add, &records, err);
    if (status == WEFT_ERR_NO_INPUT && taken->database == NULL)
        weft_error_hint(err, "run a job first, or name the database with --db FILE");
    bool failed = records.failed || experiments.failed;
    if (status == WEFT_OK && (failed || !weft_records_print(&records, taken->format)))
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the records of %s", database);
    weft_records_dispose(&records);
    weft_records_dispose(&experiments);
    return status;
}

static int run_memory(int argc, char **argv) {
    static const weft_option options[] = {{"db", true, take_db},
                                          {"experiment", true, take_experiment},
                                          {"run", true, take_run},
                                          {"format", true, take_format},
                                          {0}};
    memory_arguments taken = {0};
    weft_arguments arguments;
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_memory_command, options, &taken, argc, argv)) return arguments.exit_code;
    if (arguments.file_count > 1) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft memory shows one view at a time");
        return weft_fail(&err);
    }
    const char *view = find_view(arguments.file_count == 1 ? arguments.files[0] : "stages", &err);
    if (view == NULL || print_view(&taken, view, &err) != WEFT_OK) return weft_fail(&err);
    return 0;
}

const weft_command weft_memory_command = {
    "memory", "show where memory went, by stage and over time",
    "usage: weft memory [stages|timeline|alerts|adaptations|pools|operations|experiments] [--db FILE]\n"
    "                   [--experiment ID] [--run N|all] [--format table|csv|json]\n"
    "\n"
    "Shows a view of a metrics database. Sizes are in GiB, times in UTC.\n"
    "\n"
    "  stages       average, peak and least resident memory of each stage (the default)\n"
    "  timeline     every sample, with the stage and operation it is charged to\n"
    "  alerts       when warning and critical levels were entered and left\n"
    "  adaptations  every window, chunk and cache size that changed, with its reason\n"
    "  pools        file handles and coordinate transforms: created, reused, in use\n"
    "  operations   how often each was done, the time of all threads in it, and memory meanwhile\n"
    "  experiments  a line an experiment; with --run all, a line a run\n"
    "\n"
    "  --db FILE        default: out/metrics.sqlite, or metrics.sqlite\n"
    "  --experiment ID  default: the one that began last; all: every one\n"
    "  --run N          one run, by its run_id; all: every run of the experiment. Default: its latest\n"
    "  --format KIND    table, csv or json\n",
    run_memory};
