/* weft runs: which experiments an output folder knows, how far they are, and what goes on with them.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/record_printer.h"
#include "core/clock.h"
#include "core/text.h"
#include "pipeline/record/run_list.h"
#include "pipeline/shards/shard_runs.h"
#include "store/metrics_prune.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COLUMNS 9

static const char *const columns[COLUMNS] = {"experiment_id", "state",      "progress_percent", "rows_done", "rows",
                                             "started_at",    "updated_at", "resume",           "shard"};

typedef struct runs_arguments {
    weft_overrides overrides;
    weft_record_format format;
    const char *keep; /* NULL: what the configuration says */
} runs_arguments;

#define DEFAULT_KEEP_MS (INT64_C(30) * 86400000)

/* A run that says it is running, and whose process is gone, is dead. */
static const char *state_of(const weft_run_entry *entry) {
    if (entry->facts.phase == WEFT_RUN_RUNNING && !entry->alive) return "dead";
    return entry->alive ? "running" : weft_run_phase_name(entry->facts.phase);
}

static bool add_run(weft_records *records, const weft_run_entry *entry) {
    static const bool numeric[COLUMNS] = {false, false, true, true, true, false, false, false, false};
    const weft_run_facts *facts = &entry->facts;
    char percent[32], done[32], rows[32], shard[32], started[WEFT_CLOCK_TEXT_BYTES], updated[WEFT_CLOCK_TEXT_BYTES];
    double share = facts->grid_rows > 0 ? 100.0 * (double)facts->rows_done / (double)facts->grid_rows : 0;
    bool resumes = !entry->alive && facts->phase != WEFT_RUN_FINISHED;
    (void)snprintf(percent, sizeof percent, "%.1f", share);
    (void)snprintf(done, sizeof done, "%lld", (long long)facts->rows_done);
    (void)snprintf(rows, sizeof rows, "%lld", (long long)facts->grid_rows);
    weft_clock_format(facts->started_ms, started);
    weft_clock_format(facts->updated_ms, updated);
    (void)snprintf(shard, sizeof shard, "%d/%d", entry->shard, entry->shards);
    const char *values[COLUMNS] = {facts->experiment_id,
                                   state_of(entry),
                                   percent,
                                   done,
                                   rows,
                                   started,
                                   updated,
                                   resumes ? facts->command : NULL,
                                   entry->shard > 0 ? shard : NULL};
    return weft_records_add(records, COLUMNS, columns, values, numeric);
}

static weft_status print_runs(const char *output_dir, weft_record_format format, weft_error *err) {
    weft_run_list list = {0};
    weft_records records = {0};
    weft_status status = weft_run_list_read(&list, output_dir, true, NULL, err);
    if (status == WEFT_OK) status = weft_shard_runs_add(&list, output_dir, err);
    if (status == WEFT_OK) (void)weft_records_add(&records, COLUMNS, columns, NULL, NULL);
    for (int i = 0; i < list.count; i++)
        (void)add_run(&records, &list.entries[i]);
    if (status == WEFT_OK && records.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the runs of %s", output_dir);
    if (status == WEFT_OK) weft_records_print(&records, format);
    weft_records_dispose(&records);
    weft_run_list_dispose(&list);
    return status;
}

/* The output folder that is meant: the one that is named, or a configuration's. Without a word, the default's. */
static int find_folder(const char *named, const weft_overrides *overrides, char **out) {
    struct stat info;
    weft_config *config = NULL;
    weft_error err = {0};
    if (named != NULL && stat(named, &info) != 0) {
        weft_error_set_errno(&err, errno, "%s", named);
        return weft_fail(&err);
    }
    if (named == NULL || S_ISDIR(info.st_mode)) {
        if (!weft_overrides_are_none(overrides, &err)) return weft_fail(&err);
        if (named == NULL) named = access("out/.weft", F_OK) == 0 || access(".weft", F_OK) != 0 ? "out" : ".";
    } else {
        int exit_code = weft_load_config(&config, named, overrides, NULL);
        if (exit_code != 0) return exit_code;
        named = config->output_dir;
    }
    *out = weft_text_format("%s", named);
    weft_config_free(config);
    if (*out != NULL) return 0;
    weft_error_no_memory(&err, "the runs");
    return weft_fail(&err);
}

/* --- prune --- */

/* "7d", "12h". */
static bool take_keep(const weft_option *option, void *target, const char *value, weft_error *err) {
    (void)option;
    size_t digits = strspn(value, "0123456789");
    bool good = digits > 0 && digits < 6 && (strcmp(value + digits, "d") == 0 || strcmp(value + digits, "h") == 0);
    if (!good) weft_error_set(err, WEFT_ERR_USAGE, "--keep %s: days or hours are expected, as 7d or 12h", value);
    *(const char **)target = value;
    return good;
}

/* The database of an output folder or a configuration, and how long it keeps runs. Returns an exit code. */
static int find_database(const char *named, const runs_arguments *taken, char **out, int64_t *keep_ms) {
    struct stat info;
    weft_config *config = NULL;
    weft_error err = {0};
    *keep_ms = DEFAULT_KEEP_MS;
    if (named == NULL) named = access("out", F_OK) == 0 ? "out" : ".";
    if (stat(named, &info) == 0 && S_ISDIR(info.st_mode)) {
        if (!weft_overrides_are_none(&taken->overrides, &err)) return weft_fail(&err);
        *out = weft_text_format("%s/metrics.sqlite", named);
    } else {
        int exit_code = weft_load_config(&config, named, &taken->overrides, NULL);
        if (exit_code != 0) return exit_code;
        *out = weft_text_format("%s", config->metrics_database);
        *keep_ms = config->metrics_keep_ms > 0 ? config->metrics_keep_ms : INT64_MAX / 4;
        weft_config_free(config);
    }
    if (taken->keep != NULL)
        *keep_ms = atoll(taken->keep) * (taken->keep[strlen(taken->keep) - 1] == 'd' ? 86400000 : 3600000);
    if (*out != NULL) return 0;
    weft_error_no_memory(&err, "the runs");
    return weft_fail(&err);
}

static int prune(const char *named, const runs_arguments *taken) {
    char *database = NULL;
    int64_t keep_ms, runs = 0;
    weft_error err = {0};
    int exit_code = find_database(named, taken, &database, &keep_ms);
    if (exit_code == 0) {
        if (weft_metrics_prune(database, weft_clock_wall_ms() - keep_ms, 0, &runs, &err) != WEFT_OK)
            exit_code = weft_fail(&err);
        else
            printf("%lld %s left %s\n", (long long)runs, runs == 1 ? "run" : "runs", database);
    }
    free(database);
    return exit_code;
}

extern const weft_command weft_runs_command;

static int run_runs(int argc, char **argv) {
    runs_arguments taken = {0};
    weft_arguments arguments;
    weft_error err = {0};
    char *folder = NULL;
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_runs_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else if (arguments.file_count > 0 && strcmp(arguments.files[0], "prune") == 0) {
        exit_code = weft_arguments_allow(&arguments, "weft runs prune", " set keep ", &err)
                        ? prune(arguments.file_count == 2 ? arguments.files[1] : NULL, &taken)
                        : weft_fail(&err);
    } else if (arguments.file_count == 2 || taken.keep != NULL) {
        weft_error_set(&err, WEFT_ERR_USAGE,
                       taken.keep != NULL ? "--keep is for weft runs prune" : "weft runs looks into one output folder");
        exit_code = weft_fail(&err);
    } else {
        exit_code = find_folder(arguments.file_count == 1 ? arguments.files[0] : NULL, &taken.overrides, &folder);
        if (exit_code == 0 && print_runs(folder, taken.format, &err) != WEFT_OK) exit_code = weft_fail(&err);
    }
    free(folder);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_word states[] = {
    {"running", "its process is at work"}, {"interrupted", "a signal stopped it"},
    {"failed", "it ended with an error"},  {"dead", "it was killed, or the machine went down"},
    {"finished", "all outputs are whole"}, {NULL, NULL}};

static const weft_option options[] = {
    {"format", "table|csv|json", "how the rows are printed: for people, or for programs", false,
     offsetof(runs_arguments, format), weft_take_word},
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true,
     offsetof(runs_arguments, overrides), weft_take_set},
    {"keep", "AGE", "with prune: runs that are younger stay; default: metrics.keep, or 30d", false,
     offsetof(runs_arguments, keep), take_keep},
    {0}};

const weft_command weft_runs_command = {
    .name = "runs",
    .summary = "list experiments: running, stopped, finished, and how to go on with them",
    .argument = "[prune] [DIR|CONFIG]",
    .takes = "looks into one output folder at a time",
    .example = "weft runs out",
    .description =
        "Lists the experiments of an output folder, or of a configuration's; without either, of out. The one that "
        "began last comes first. progress_percent and rows_done say how far it is on disk, in grid rows; resume is the "
        "command that goes on with it. Shards that were not joined yet come last, in order, with their place in the "
        "column shard; "
        "their rows are those of the whole grid. With prune, old runs leave the metrics database: their samples, not "
        "their "
        "outputs. The states are:",
    .words = states,
    .options = options,
    .run = run_runs};
