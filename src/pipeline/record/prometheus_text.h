/* Metrics in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PROMETHEUS_TEXT_H
#define WEFT_PIPELINE_PROMETHEUS_TEXT_H

#include "core/text.h"

/* Begins a metric of the table in prometheus_text.c: says its help and its type. Its samples follow. */
void weft_prometheus_metric(weft_text *out, const char *name);

/* Adds a sample. labels: names and values in turn, NULL after the last; one whose value is NULL is left out. */
void weft_prometheus_sample(weft_text *out, const char *name, const char *const *labels, double value);

/* The labels of a call: WEFT_LABELS("experiment", name) */
#define WEFT_LABELS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})

#endif
