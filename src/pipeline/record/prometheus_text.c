/* SPDX-License-Identifier: MIT */
#include "pipeline/record/prometheus_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All that weft serve (sql/api/prometheus.sql) and metrics.textfile give, so that a metric of both means one thing. Help
 * is one line, without a backslash. */
static const struct {
    const char *name, *type, *help;
} metrics[] = {
    {"weft_build_info", "gauge", "The version of the server."},
    {"weft_run_running", "gauge", "Whether the latest run of the experiment is under way."},
    {"weft_run_succeeded", "gauge", "Whether the latest run of the experiment ended well."},
    {"weft_run_start_timestamp_seconds", "gauge", "When the latest run began."},
    {"weft_run_end_timestamp_seconds", "gauge", "When the latest run ended."},
    {"weft_run_last_success_timestamp_seconds", "gauge", "When a run last ended well."},
    {"weft_run_duration_seconds", "gauge", "How long the latest run took."},
    {"weft_run_cells", "gauge", "Cells of the grid."},
    {"weft_run_done_cells", "gauge", "Cells that have gone through all writers."},
    {"weft_run_output_rows", "gauge", "Rows of the table."},
    {"weft_run_output_bytes", "gauge", "Bytes of all outputs."},
    {"weft_memory_limit_bytes", "gauge", "The limit of memory."},
    {"weft_memory_peak_bytes", "gauge", "The most that was resident."},
    {"weft_memory_resident_bytes", "gauge", "Resident memory at the latest sample."},
    {"weft_memory_usage_ratio", "gauge", "Usage of the probe that was fullest at the latest sample."},
    {"weft_memory_holder_bytes", "gauge", "What held memory at the latest sample."},
    {"weft_memory_alerts_total", "counter", "Levels that were entered or left in the latest run."},
    {"weft_memory_adaptations_total", "counter", "Sizes that memory made change in the latest run."},
    {"weft_memory_adaptations", "gauge", "Sizes that memory made change in the latest run."},
    {"weft_operation_seconds_total", "counter", "Time of an operation over all threads in the latest run."},
    {"weft_operation_calls_total", "counter", "Calls of an operation in the latest run."},
    {"weft_pool_acquired_total", "counter", "How often a pool gave something out in the latest run."},
    {"weft_pool_created_total", "counter", "How often a pool made something new in the latest run."},
    {"weft_batch_jobs", "gauge", "Jobs of batches by how their last attempt ended."},
    {"weft_batch_peak_bytes", "gauge", "The most that a job's last attempt had resident."},
};

void weft_prometheus_metric(weft_text *out, const char *name) {
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (strcmp(metrics[i].name, name) == 0)
            weft_text_add(out, "# HELP %s %s\n# TYPE %s %s\n", name, metrics[i].help, name, metrics[i].type);
}

/* Backslash, quote and line feed are escaped in a label's value. */
static void add_value(weft_text *out, const char *value) {
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            weft_text_add(out, "\\n");
        else
            weft_text_add(out, *value == '\\' || *value == '"' ? "\\%c" : "%c", *value);
    }
}

void weft_prometheus_sample(weft_text *out, const char *name, const char *const *labels, double value) {
    const char *before = "{";
    weft_text_add(out, "%s", name);
    for (; labels != NULL && labels[0] != NULL; labels += 2) {
        if (labels[1] == NULL) continue;
        weft_text_add(out, "%s%s=\"", before, labels[0]);
        add_value(out, labels[1]);
        weft_text_add(out, "\"");
        before = ",";
    }
    if (before[0] == ',') weft_text_add(out, "}");
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%.15g", value);
    if (strtod(digits, NULL) != value) (void)snprintf(digits, sizeof digits, "%.17g", value);
    if (isfinite(value))
        weft_text_add(out, " %s\n", digits);
    else
        weft_text_add(out, " %s\n", isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
}
