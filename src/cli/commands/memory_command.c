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

static bool take_run(const weft_option *option, void *target, const char *value, weft_error *err) {
    char *end;
    (void)option;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    *(int64_t *)target = strcmp(value, "all") == 0 ? -1 : number;
    if (strcmp(value, "all") == 0 || (errno == 0 && end != value && *end == '\0' && number > 0)) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--run %s: the number of a run or all is expected", value);
    weft_error_hint(err, "weft memory experiments --run all lists them");
    return false;
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

extern const weft_command weft_memory_command;

static int run_memory(int argc, char **argv) {
    memory_arguments taken = {0};
    weft_arguments arguments;
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_memory_command, &taken, argc, argv)) return arguments.exit_code;
    const char *view = find_view(arguments.file_count == 1 ? arguments.files[0] : "stages", &err);
    if (view == NULL || print_view(&taken, view, &err) != WEFT_OK) return weft_fail(&err);
    return 0;
}

static const weft_word explained[] = {
    {"stages", "average, peak and least resident memory of each stage (the default)"},
    {"timeline", "every sample, with the stage and operation it is charged to"},
    {"alerts", "when warning and critical levels were entered and left"},
    {"adaptations", "every window, chunk and cache size that changed, with its reason"},
    {"pools", "file handles and coordinate transforms: created, reused, in use"},
    {"operations", "how often each was done, the time of all threads in it, and memory meanwhile"},
    {"experiments", "a line an experiment; with --run all, a line a run"},
    {NULL, NULL}};

static const weft_option options[] = {
    {"db", "FILE", "the metrics database; default: out/metrics.sqlite, or metrics.sqlite", false,
     offsetof(memory_arguments, database), weft_take_text},
    {"experiment", "ID", "an experiment's name, or all; default: the one that began last", false,
     offsetof(memory_arguments, experiment), weft_take_text},
    {"run", "N|all", "a run by its run_id, or all runs of the experiment; default: its latest", false,
     offsetof(memory_arguments, run_id), take_run},
    {"format", "table|csv|json", "how the rows are printed: for people, or for programs", false,
     offsetof(memory_arguments, format), weft_take_word},
    {0}};

const weft_command weft_memory_command = {
    .name = "memory",
    .summary = "show where memory went, by stage and over time",
    .argument = "[stages|timeline|alerts|adaptations|pools|operations|experiments]",
    .takes = "shows one view at a time",
    .example = "weft memory timeline --format csv",
    .description = "Shows a view of a metrics database. Sizes are in GiB, times in UTC. The views are:",
    .words = explained,
    .options = options,
    .run = run_memory};
