/* SPDX-License-Identifier: MIT */
#include "server/prometheus.h"

#include "pipeline/record/prometheus_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_EXPERIMENTS 20

/* The metrics of sql/api/prometheus.sql. */
static const struct {
    const char *name, *type, *help;
} metrics[] = {
    {"weft_run_running", "gauge", "Whether the latest run of the experiment is under way."},
    {"weft_run_succeeded", "gauge", "Whether the latest run of the experiment ended well."},
    {"weft_run_start_timestamp_seconds", "gauge", "When the latest run began."},
    {"weft_run_end_timestamp_seconds", "gauge", "When the latest run ended."},
    {"weft_run_duration_seconds", "gauge", "How long the latest run took."},
    {"weft_run_cells", "gauge", "Cells of the grid."},
    {"weft_run_done_cells", "gauge", "Cells that have gone through all writers."},
    {"weft_run_output_rows", "gauge", "Rows of the table."},
    {"weft_memory_limit_bytes", "gauge", "The limit of memory."},
    {"weft_memory_peak_bytes", "gauge", "The most that was resident."},
    {"weft_memory_resident_bytes", "gauge", "Resident memory at the latest sample."},
    {"weft_memory_usage_ratio", "gauge", "Usage of the probe that was fullest at the latest sample."},
    {"weft_memory_holder_bytes", "gauge", "What held memory at the latest sample."},
    {"weft_memory_alerts_total", "counter", "Levels that were entered or left in the latest run."},
    {"weft_memory_adaptations_total", "counter", "Sizes that memory made change in the latest run."},
    {"weft_operation_seconds_total", "counter", "Time of an operation over all threads in the latest run."},
    {"weft_operation_calls_total", "counter", "Calls of an operation in the latest run."},
    {"weft_pool_acquired_total", "counter", "How often a pool gave something out in the latest run."},
    {"weft_pool_created_total", "counter", "How often a pool made something new in the latest run."},
    {"weft_batch_jobs", "gauge", "Jobs of batches by how their last attempt ended."},
    {"weft_batch_peak_bytes", "gauge", "The most that a job's last attempt had resident."},
};

typedef struct writing {
    weft_text *out;
    char last[64]; /* the metric of the line before */
} writing;

static void begin_metric(writing *to, const char *name) {
    if (strcmp(to->last, name) == 0) return;
    (void)snprintf(to->last, sizeof to->last, "%s", name);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (strcmp(metrics[i].name, name) == 0) weft_prometheus_metric(to->out, name, metrics[i].type, metrics[i].help);
}

/* metric, experiment, label, name, value */
static bool add_line(void *payload, int columns, const char *const *names, const char *const *values,
                     const bool *numeric) {
    writing *to = payload;
    (void)columns, (void)names, (void)numeric;
    if (values == NULL || values[0] == NULL || values[4] == NULL) return true;
    begin_metric(to, values[0]);
    const char *const labels[] = {"experiment", values[1], values[2], values[3], NULL};
    weft_prometheus_sample(to->out, values[0], labels, strtod(values[4], NULL));
    return !to->out->failed;
}

weft_status weft_prometheus_write(weft_served_metrics *reader, weft_text *out, weft_error *err) {
    writing to = {.out = out};
    weft_served_ask ask = {.query = "prometheus", .limit = MAX_EXPERIMENTS};
    weft_prometheus_metric(out, "weft_build_info", "gauge", "The version of the server.");
    weft_prometheus_sample(out, "weft_build_info", WEFT_LABELS("version", WEFT_VERSION), 1);
    weft_status status = weft_served_metrics_ask(reader, &ask, add_line, &to, err);
    return status == WEFT_ERR_NO_INPUT ? WEFT_OK : status;
}
