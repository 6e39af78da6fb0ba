/* SPDX-License-Identifier: MIT */
#include "pipeline/record/run_textfile.h"

#include "config/config_name.h"
#include "core/files/output_file.h"
#include "core/files/plain_file.h"
#include "core/log.h"
#include "pipeline/record/prometheus_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUCCESS  "weft_run_last_success_timestamp_seconds"
#define MAX_LINE 1024

#define FIRST_WORDS "# HELP weft_run_"

/* The time of the last success that the file at `path` has for this experiment; 0: none. */
static double read_success(const char *path, const char *experiment) {
    weft_text wanted = {0};
    char line[MAX_LINE];
    double seconds = 0;
    FILE *file = fopen(path, "re");
    weft_prometheus_sample(&wanted, SUCCESS, WEFT_LABELS("experiment", experiment), 0);
    /* Up to the blank before the value. */
    size_t length = wanted.failed ? 0 : wanted.length - 2;
    while (file != NULL && length > 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, wanted.data, length) == 0) seconds = strtod(line + length, NULL);
    if (file != NULL) (void)fclose(file);
    weft_text_dispose(&wanted);
    return seconds;
}

static void describe(weft_text *out, const weft_run_ending *ending, const char *experiment, double success) {
    bool done = ending->status == WEFT_OK;
    const struct {
        const char *name;
        bool told;
        double value;
    } values[] = {
        {"weft_run_succeeded", true, done},
        {"weft_run_start_timestamp_seconds", true, (double)ending->started_ms / 1000},
        {"weft_run_end_timestamp_seconds", true, (double)ending->ended_ms / 1000},
        {SUCCESS, success > 0, success},
        {"weft_run_duration_seconds", true, ending->seconds},
        {"weft_run_output_rows", done, (double)ending->rows},
        {"weft_run_output_bytes", done, (double)ending->bytes},
        {"weft_memory_peak_bytes", true, (double)ending->peak_bytes},
        {"weft_memory_limit_bytes", ending->limit_bytes > 0, (double)ending->limit_bytes},
        {"weft_memory_adaptations", true, (double)ending->adaptations},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (!values[i].told) continue;
        weft_prometheus_metric(out, values[i].name);
        weft_prometheus_sample(out, values[i].name, WEFT_LABELS("experiment", experiment), values[i].value);
    }
}

/* A wrong path must not cost an input, the configuration or the run's own table: only what a run wrote here before, as its
 * first line says, is replaced. A pipe is not opened, since reading it would wait for whoever writes it. */
static weft_status check_file(const char *path, weft_error *err) {
    char line[sizeof FIRST_WORDS] = "";
    weft_status status = weft_plain_file_check(path, err);
    if (status != WEFT_OK) return status;
    FILE *file = fopen(path, "re");
    if (file == NULL) return errno == ENOENT ? WEFT_OK : weft_error_set_errno(err, errno, "%s", path);
    bool any = fgets(line, sizeof line, file) != NULL;
    (void)fclose(file);
    if (!any || strcmp(line, FIRST_WORDS) == 0) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_DATA, "%s: no run wrote this file, and it is left as it is", path);
}

static weft_status write_file(const char *path, const weft_text *text, weft_error *err) {
    weft_output_file *file = NULL;
    weft_status status = weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) status = weft_output_file_write(file, text->data, text->length, err);
    if (status == WEFT_OK) status = weft_output_file_commit(file, err);
    weft_output_file_close(file);
    return status;
}

void weft_run_textfile_write(const weft_config *config, const weft_run_ending *ending) {
    const char *path = config->metrics_textfile;
    weft_error err = {0};
    weft_text text = {0};
    if (path == NULL || config->shard.count > 0) return;
    char *name =
        config->experiment_given ? weft_text_format("%s", config->experiment) : weft_config_file_stem(config->file);
    weft_status status = check_file(path, &err);
    if (name != NULL && status == WEFT_OK) {
        double success = ending->status == WEFT_OK ? (double)ending->ended_ms / 1000 : read_success(path, name);
        describe(&text, ending, name, success);
    }
    if (name == NULL || text.failed) status = weft_error_set(&err, WEFT_ERR_MEMORY, "%s: no memory to write it", path);
    if (status == WEFT_OK) status = write_file(path, &text, &err);
    if (status != WEFT_OK) weft_log(WEFT_LOG_WARNING, "metrics.textfile is not brought up to date: %s", err.message);
    weft_text_dispose(&text);
    free(name);
}
