/* weft memory: what the views of a metrics database say about where memory and time went.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/metrics_place.h"
#include "cli/record_printer.h"
#include "cli/terminal/sparkline.h"
#include "core/text.h"
#include "store/queries/metrics_query.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A word, its view, and what it shows. All that knows of the views is made from this list. */
#define VIEWS(X)                                                                                                       \
    X("stages", "v_memory_by_stage",                                                                                   \
      "average, peak and least resident memory of each stage, and the verdict "                                        \
      "(the default)")                                                                                                 \
    X("timeline", "v_memory_timeline", "every sample: what it is charged to, and what held the memory")                \
    X("alerts", "v_memory_alerts", "when warning and critical levels were entered and left")                           \
    X("adaptations", "v_memory_adaptations", "every window, chunk and cache size that changed, with its reason")       \
    X("pools", "v_pools", "file handles, transforms and blocks: made, reused, in use")                                 \
    X("operations", "v_operations", "how often each was done, how long it took, and memory meanwhile")                 \
    X("slow", "v_slow_operations", "the longest calls, and what each was about")                                       \
    X("chunks", "v_chunks", "each chunk: how long it took to be filled and written")                                   \
    X("figures", "v_pipeline", "rows, bytes, blocks, and the shares behind the verdict")                               \
    X("events", "v_run_events", "errors that passed, and what was done differently than asked")                        \
    X("experiments", "v_experiments", "a line an experiment; with --run all, a line a run")                            \
    X("jobs", "v_jobs", "the jobs of batches: granted and used memory, attempts, how each ended")

typedef struct view {
    const char *word, *view;
} view;

#define VIEW(word, name, help) {word, name},
static const view views[] = {VIEWS(VIEW)};
#define VIEW_COUNT ((int)(sizeof views / sizeof *views))

typedef struct memory_arguments {
    weft_metrics_place place;
    const char *experiment;
    int64_t run_id; /* 0: the latest; -1: all */
    weft_record_format format;
    weft_overrides overrides;
    /* Found among what is no option. */
    const view *view;
    const char *sql; /* instead of a view */
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

/* --- what is asked for --- */

static const view *find_view(const char *word) {
    for (int i = 0; i < VIEW_COUNT; i++)
        if (strcmp(views[i].word, word) == 0) return &views[i];
    return NULL;
}

static weft_status unknown_view(const char *word, weft_error *err) {
    const char *words[VIEW_COUNT + 2] = {0};
    weft_text list = {0};
    for (int i = 0; i < VIEW_COUNT; i++) {
        words[i] = views[i].word;
        weft_text_add(&list, "%s, ", views[i].word);
    }
    words[VIEW_COUNT] = "sql";
    const char *nearest = weft_text_nearest(word, words);
    weft_error_set(err, WEFT_ERR_USAGE, "weft memory does not know \"%s\"", word);
    weft_error_hint(err, "%s%s%sthere are %ssql, and files", nearest != NULL ? "did you mean " : "",
                    nearest != NULL ? nearest : "", nearest != NULL ? "? " : "", list.failed ? "views, " : list.data);
    weft_text_dispose(&list);
    return WEFT_ERR_USAGE;
}

/* [VIEW] [CONFIG|FILE], or sql QUERY [CONFIG|FILE]. Returns an exit code. */
static int take_words(memory_arguments *taken, const weft_arguments *arguments) {
    weft_error err = {0};
    const char *const *words = arguments->files;
    int left = arguments->file_count;
    taken->view = &views[0];
    if (left > 0 && strcmp(words[0], "sql") == 0) {
        if (left == 1) {
            weft_error_set(&err, WEFT_ERR_USAGE, "weft memory sql needs a query");
            weft_error_hint(&err, "weft memory sql \"select * from v_memory_by_stage\"");
            return weft_fail(&err);
        }
        taken->sql = words[1];
        words += 2;
        left -= 2;
    } else if (left > 0 && find_view(words[0]) != NULL) {
        taken->view = find_view(words[0]);
        words++;
        left--;
    } else if (left > 0 && access(words[0], F_OK) != 0 && strpbrk(words[0], "./") == NULL) {
        (void)unknown_view(words[0], &err);
        return weft_fail(&err);
    }
    if (left > 1) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft memory shows one view of one database at a time");
        return weft_fail(&err);
    }
    if (taken->sql != NULL && !weft_arguments_allow(arguments, "weft memory sql", " db format set ", &err))
        return weft_fail(&err);
    return weft_metrics_place_take(&taken->place, left == 1 ? words[0] : NULL, &taken->overrides);
}

/* --- reading --- */

/* The row of the experiment that began last, or -1. */
static int latest(const weft_records *experiments) {
    const char *latest_start = "";
    int found = -1;
    for (int row = 0; row < experiments->rows - 1; row++) {
        const char *start = weft_records_value(experiments, row, "started_at");
        if (start == NULL || strcmp(start, latest_start) < 0) continue;
        latest_start = start;
        found = row;
    }
    return found;
}

/* Views of jobs have no experiments, and the view of experiments has all. */
static bool is_of_all(const view *shown) {
    return strcmp(shown->word, "experiments") == 0 || strcmp(shown->word, "jobs") == 0;
}

/* The experiment that is meant; NULL: all. `experiments` holds its name. */
static weft_status choose(const memory_arguments *taken, const char *database, weft_records *experiments,
                          const char **out, weft_error *err) {
    *out = taken->experiment != NULL ? taken->experiment : is_of_all(taken->view) ? NULL : taken->place.own;
    if (*out != NULL && strcmp(*out, "all") == 0) *out = NULL;
    if (taken->experiment != NULL || taken->run_id > 0 || is_of_all(taken->view) || *out != NULL) return WEFT_OK;
    weft_status status = weft_metrics_query(database, "v_experiments", NULL, weft_records_add, experiments, err);
    int row = status == WEFT_OK ? latest(experiments) : -1;
    if (row >= 0) *out = weft_records_value(experiments, row, "experiment_id");
    return status;
}

static weft_status read_view(const memory_arguments *taken, const char *name, const char *database,
                             const char *experiment, weft_records *out, weft_error *err) {
    if (strcmp(name, "v_jobs") == 0) experiment = NULL;
    if (taken->run_id == 0 || strcmp(name, "v_jobs") == 0)
        return weft_metrics_query(database, name, experiment, weft_records_add, out, err);
    return weft_metrics_query_runs(database, name, experiment, taken->run_id, weft_records_add, out, err);
}

/* A run that is not there has no rows, and neither has a run that did nothing: only one of them is a mistake. */
static weft_status check_run(const memory_arguments *taken, const char *database, const char *experiment,
                             weft_error *err) {
    weft_records runs = {0};
    if (taken->run_id <= 0 || strcmp(taken->view->view, "v_jobs") == 0) return WEFT_OK;
    weft_status status = read_view(taken, "v_experiments", database, experiment, &runs, err);
    if (status == WEFT_OK && !runs.failed && runs.rows < 2) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: there is no run %lld%s%s", database, (long long)taken->run_id,
                                experiment != NULL ? " of experiment " : "", experiment != NULL ? experiment : "");
        weft_error_hint(err, "weft memory experiments --run all lists them");
    }
    weft_records_dispose(&runs);
    return status;
}

/* --- showing --- */

/* What memory did over time, one bar a part of the samples. */
static void print_sparkline(const weft_records *timeline) {
    int count = timeline->rows - 1;
    double *values = count > 0 ? calloc((size_t)count, sizeof *values) : NULL, peak = 0;
    weft_text line = {0};
    for (int i = 0; values != NULL && i < count; i++) {
        const char *text = weft_records_value(timeline, i, "memory_mib");
        values[i] = text == NULL ? 0 : strtod(text, NULL);
        if (values[i] > peak) peak = values[i];
    }
    if (values != NULL) weft_sparkline(&line, values, count, peak, 60);
    if (!line.failed && line.length > 0) printf("memory  %s  peak %.1f MiB\n\n", line.data, peak);
    weft_text_dispose(&line);
    free(values);
}

/* With the first view people get the verdict, and on a terminal a picture. */
static weft_status print_more(const memory_arguments *taken, const char *database, const char *experiment,
                              weft_error *err) {
    weft_records experiments = {0}, timeline = {0};
    weft_status status = read_view(taken, "v_experiments", database, experiment, &experiments, err);
    if (status == WEFT_OK && isatty(STDOUT_FILENO) && experiments.rows == 2)
        status = read_view(taken, "v_memory_timeline", database, experiment, &timeline, err);
    if (timeline.rows > 1) {
        putchar('\n');
        print_sparkline(&timeline);
    }
    for (int row = 0; row < experiments.rows - 1; row++) {
        const char *verdict = weft_records_value(&experiments, row, "verdict");
        if (verdict != NULL)
            printf("%s%s: %s\n", row == 0 && timeline.rows <= 1 ? "\n" : "",
                   weft_records_value(&experiments, row, "experiment_id"), verdict);
    }
    weft_records_dispose(&timeline);
    weft_records_dispose(&experiments);
    return status;
}

static weft_status print_view(const memory_arguments *taken, weft_error *err) {
    weft_records experiments = {0}, records = {0};
    const char *database = weft_metrics_place_path(&taken->place), *experiment = NULL;
    weft_status status = WEFT_OK;
    if (taken->sql != NULL) {
        status = weft_metrics_query_sql(database, taken->sql, weft_records_add, &records, err);
    } else {
        status = choose(taken, database, &experiments, &experiment, err);
        if (status == WEFT_OK) status = check_run(taken, database, experiment, err);
        if (status == WEFT_OK) status = read_view(taken, taken->view->view, database, experiment, &records, err);
    }
    if (status == WEFT_ERR_NO_INPUT && taken->place.database == NULL)
        weft_error_hint(err, "run a job first, or name the database with --db FILE");
    bool table = taken->format == WEFT_RECORDS_TABLE && taken->sql == NULL, failed = records.failed;
    if (status == WEFT_OK && !failed && table && strcmp(taken->view->word, "timeline") == 0 && isatty(STDOUT_FILENO))
        print_sparkline(&records);
    if (status == WEFT_OK && (failed || experiments.failed || !weft_records_print(&records, taken->format)))
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the records of %s", database);
    if (status == WEFT_OK && table && taken->view == &views[0]) status = print_more(taken, database, experiment, err);
    weft_records_dispose(&records);
    weft_records_dispose(&experiments);
    return status;
}

extern const weft_command weft_memory_command;

static int run_memory(int argc, char **argv) {
    memory_arguments taken = {0};
    weft_arguments arguments;
    weft_error err = {0};
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_memory_command, &taken, argc, argv))
        exit_code = arguments.exit_code;
    else
        exit_code = take_words(&taken, &arguments);
    if (exit_code == 0 && taken.view != NULL && print_view(&taken, &err) != WEFT_OK) exit_code = weft_fail(&err);
    weft_metrics_place_dispose(&taken.place);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

#define WORD(word, name, help) {word, help},
static const weft_word explained[] = {
    VIEWS(WORD){"sql", "the answer to a query, which can change nothing: weft memory sql \"select ..\""}, {NULL, NULL}};

static const weft_option options[] = {
    {"db", "FILE", "the metrics database; default: out/metrics.sqlite, or metrics.sqlite", false,
     offsetof(memory_arguments, place.database), weft_take_text},
    {"experiment", "ID", "an experiment's name, or all; default: the configuration's, or the one that began last",
     false, offsetof(memory_arguments, experiment), weft_take_text},
    {"run", "N|all", "a run by its run_id, or all runs of the experiment; default: its latest", false,
     offsetof(memory_arguments, run_id), take_run},
    {"format", "table|csv|json", "how the rows are printed: for people, or for programs", false,
     offsetof(memory_arguments, format), weft_take_word},
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true,
     offsetof(memory_arguments, overrides), weft_take_set},
    {0}};

#define CHOICE(word, name, help) word "|"
const weft_command weft_memory_command = {
    .name = "memory",
    .summary = "show where memory and time went, and what held a run up",
    .argument = "[" VIEWS(CHOICE) "sql QUERY] [CONFIG|FILE]",
    .takes = "shows one view at a time",
    .example = "weft memory timeline --format csv",
    .description = "Shows a view of a metrics database: of a configuration, of a file, or of out. Sizes are in GiB "
                   "(_gb) and MiB (_mib), times in UTC. On a terminal the timeline is a picture, too. The views are:",
    .words = explained,
    .options = options,
    .run = run_memory};
