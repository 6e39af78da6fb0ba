/* SPDX-License-Identifier: MIT */
#include "server/prometheus.h"

#include "pipeline/record/prometheus_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_EXPERIMENTS 20

typedef struct writing {
    weft_text *out;
    char last[64]; /* the metric of the line before */
} writing;

static void begin_metric(writing *to, const char *name) {
    if (strcmp(to->last, name) == 0) return;
    (void)snprintf(to->last, sizeof to->last, "%s", name);
    weft_prometheus_metric(to->out, name);
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
    weft_prometheus_metric(out, "weft_build_info");
    weft_prometheus_sample(out, "weft_build_info", WEFT_LABELS("version", WEFT_VERSION), 1);
    weft_status status = weft_served_metrics_ask(reader, &ask, add_line, &to, err);
    return status == WEFT_ERR_NO_INPUT ? WEFT_OK : status;
}
