/* The metrics for Prometheus: what the database says of the latest run of each experiment, and of batches.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_PROMETHEUS_H
#define WEFT_SERVER_PROMETHEUS_H

#include "core/text.h"
#include "store/queries/served_metrics.h"

/* Adds them. A database that is not there yet has none. Errors: weft_served_metrics_ask()'s. */
weft_status weft_prometheus_write(weft_served_metrics *reader, weft_text *out, weft_error *err);

#endif
