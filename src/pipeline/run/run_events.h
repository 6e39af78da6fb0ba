/* Events of a run: what it does otherwise than configured, and failures that it recovered from. They are logged when it
 * begins, and stored in the metrics at its end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_EVENTS_H
#define WEFT_PIPELINE_RUN_EVENTS_H

#include "pipeline/run/run_options.h"
#include "store/metrics_store.h"

/* Logs the sizes that the memory limit makes smaller than the configuration asks for, where the grid would use more,
 * and that it does not carry whole layers. */
void weft_run_events_log(const weft_plan *plan);

/* Stores them, with skipped datasets, layers that stayed lazy, and what was tried again. */
void weft_run_events_record(weft_metrics_store *store, const weft_plan *plan, const weft_run_result *result);

#endif
