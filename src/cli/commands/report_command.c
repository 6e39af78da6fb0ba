/* weft report: a run, or a batch, as one page to keep and to send on.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/metrics_place.h"
#include "core/files/plain_file.h"
#include "core/text.h"
#include "pipeline/batch/batch_folder.h"
#include "pipeline/formats/formats.h"
#include "pipeline/report/report.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct report_arguments {
    weft_metrics_place place;
    const char *experiment, *output, *batch;
    int64_t run_id; /* 0: the latest */
    weft_overrides overrides;
} report_arguments;

static bool take_run(const weft_option *option, void *target, const char *value, weft_error *err) {
    char *end;
    (void)option;
    errno = 0;
    *(int64_t *)target = strtoll(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && *(int64_t *)target > 0) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--run %s: the number of a run is expected", value);
    weft_error_hint(err, "weft memory experiments --run all lists them");
    return false;
}

/* A folder may have an experiment's name; a configuration or a database is none. */
static bool names_a_file(const char *word) {
    struct stat info;
    if (strchr(word, '/') != NULL || strstr(word, ".yml") != NULL) return true;
    return stat(word, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* An experiment's name, or a file: whatever is there is a file. NULL: neither. Returns an exit code. */
static int take_word(report_arguments *taken, const char *word) {
    weft_error err = {0};
    if (word == NULL || names_a_file(word)) return weft_metrics_place_take(&taken->place, word, &taken->overrides);
    taken->experiment = word;
    return weft_overrides_are_none(&taken->overrides, &err) ? 0 : weft_fail(&err);
}

/* --- writing --- */

static weft_status write_page(const weft_text *page, const char *path, weft_error *err) {
    weft_output_file *file = NULL;
    bool to_stdout = strcmp(path, "-") == 0;
    weft_status status =
        to_stdout ? weft_output_file_open_stdout(&file, NULL, err) : weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) status = weft_output_file_write(file, page->data, page->length, err);
    if (status == WEFT_OK && !to_stdout) status = weft_output_file_commit(file, err);
    weft_output_file_close(file);
    return status;
}

static weft_status report_run(weft_text *page, const report_arguments *taken, weft_error *err) {
    const char *database = weft_metrics_place_path(&taken->place);
    const char *experiment = taken->experiment != NULL ? taken->experiment : taken->place.own;
    int64_t run_id = taken->run_id;
    weft_status status = WEFT_OK;
    if (run_id == 0) status = weft_report_find(database, experiment, &run_id, err);
    if (status == WEFT_ERR_NO_INPUT && taken->place.database == NULL)
        weft_error_hint(err, "run a job first, or name the database with --db FILE");
    return status == WEFT_OK ? weft_report_write_with_pictures(page, database, run_id, err) : status;
}

/* A batch's own record, or the batch file that it stands beside. Returns an exit code. */
static int report_batch(weft_text *page, const char *path) {
    weft_batch_file *batch = NULL;
    weft_batch_folder folder = {0};
    weft_problems problems = {0};
    weft_error err = {0};
    weft_status status = WEFT_OK;
    const char *record = path;
    if (!weft_is_database(path)) {
        status = weft_batch_file_load(&batch, &path, 1, NULL, NULL, 0, &weft_all_registries, &problems, &err);
        if (status == WEFT_OK) status = weft_batch_folder_name(&folder, batch, &err);
        record = folder.record_path;
    }
    if (status == WEFT_OK) status = weft_report_write_batch(page, record, &err);
    int exit_code = weft_status_exit_code(status);
    if (status != WEFT_OK && problems.count > 0)
        fputs(problems.text.data, stderr);
    else if (status != WEFT_OK)
        exit_code = weft_fail(&err);
    weft_problems_dispose(&problems);
    weft_batch_folder_dispose(&folder);
    weft_batch_file_free(batch);
    return exit_code;
}

extern const weft_command weft_report_command;

/* The beginning of a page, in small letters, has one of the marks. */
static bool has_mark(char *head, size_t length, const char *const *marks) {
    for (size_t i = 0; i < length; i++)
        head[i] = (char)tolower((unsigned char)head[i]);
    for (; *marks != NULL; marks++)
        if (strstr(head, *marks) != NULL) return true;
    return false;
}

/* What stands where the page goes is replaced only if it is a page: where nobody named the file, one of weft's, since
 * others write a report.html too; else any, but no configuration, raster or table whose name was given for it. */
static weft_status check_page(const char *path, bool named, weft_error *err) {
    static const char *const own[] = {"weft report</title>", "weft batch report</title>", NULL};
    static const char *const any[] = {"<!doctype html", "<html", NULL};
    char head[2048];
    weft_status status = weft_plain_file_check(path, err); /* reading a pipe would wait for whoever writes it */
    if (status != WEFT_OK) return status;
    FILE *file = fopen(path, "re");
    if (file == NULL) return WEFT_OK; /* not there; else writing it says what is wrong */
    size_t length = fread(head, 1, sizeof head - 1, file);
    head[length] = '\0';
    (void)fclose(file);
    if (length == 0 || has_mark(head, length, named ? any : own)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_IO,
                   named ? "%s: not a page of HTML, and left as it is"
                         : "%s: another program's page, which is left as it is",
                   path);
    weft_error_hint(err, named ? "remove it first, or write another file" : "weft report -o FILE writes another file");
    return WEFT_ERR_IO;
}

static int make_report(const report_arguments *taken) {
    weft_text page = {0};
    weft_error err = {0};
    int exit_code = 0;
    if (taken->batch != NULL)
        exit_code = report_batch(&page, taken->batch);
    else if (report_run(&page, taken, &err) != WEFT_OK)
        exit_code = weft_fail(&err);
    const char *path = taken->output != NULL ? taken->output : "report.html";
    bool to_file = strcmp(path, "-") != 0;
    if (exit_code == 0 && to_file && check_page(path, taken->output != NULL, &err) != WEFT_OK)
        exit_code = weft_fail(&err);
    if (exit_code == 0 && write_page(&page, path, &err) != WEFT_OK) exit_code = weft_fail(&err);
    if (exit_code == 0 && to_file) printf("%s\n", path);
    weft_text_dispose(&page);
    return exit_code;
}

static int run_report(int argc, char **argv) {
    report_arguments taken = {0};
    weft_arguments arguments;
    weft_error err = {0};
    int exit_code = 0;
    if (!weft_arguments_read(&arguments, &weft_report_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        if (taken.batch != NULL && arguments.file_count > 0) {
            weft_error_set(&err, WEFT_ERR_USAGE, "weft report tells of a run or of a batch, not of both");
            exit_code = weft_fail(&err);
        } else if (taken.batch == NULL) {
            exit_code = take_word(&taken, arguments.file_count > 0 ? arguments.files[0] : NULL);
        } else if (!weft_arguments_allow(&arguments, "weft report --batch", " batch output ", &err)) {
            exit_code = weft_fail(&err);
        }
        if (exit_code == 0) exit_code = make_report(&taken);
    }
    weft_metrics_place_dispose(&taken.place);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_word letters[] = {{"o", "output"}, {NULL, NULL}};

static const weft_option options[] = {
    {"output", "FILE", "the page; -o is the same; default: report.html; - is standard output", false,
     offsetof(report_arguments, output), weft_take_text},
    {"batch", "FILE", "of a batch: its file, or its record", false, offsetof(report_arguments, batch), weft_take_text},
    {"db", "FILE", "the metrics database; default: out/metrics.sqlite, or metrics.sqlite", false,
     offsetof(report_arguments, place.database), weft_take_text},
    {"run", "N", "a run by its run_id; default: the latest", false, offsetof(report_arguments, run_id), take_run},
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true,
     offsetof(report_arguments, overrides), weft_take_set},
    {0}};

const weft_command weft_report_command = {
    .name = "report",
    .summary = "write one page about a run: what held it up, where memory and time went",
    .argument = "[EXPERIMENT|CONFIG|FILE]",
    .takes = "tells of one run at a time",
    .example = "weft report olinda -o olinda.html",
    .description =
        "Writes a page of HTML that needs nothing else: no network, no script. It begins with the verdict; memory over "
        "time, time by operation, the grid with the time of its chunks, the slowest calls, the configuration, inputs "
        "and outputs follow. A run is named by its experiment, by its configuration or by a metrics database, whose "
        "latest run it is; without any it is the latest of out. With --batch the page is about the jobs of a batch.",
    .letters = letters,
    .options = options,
    .run = run_report};
