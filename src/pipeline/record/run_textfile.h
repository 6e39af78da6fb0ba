/* How a run ended, for node exporter's textfile collector: short runs end before Prometheus comes round.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_TEXTFILE_H
#define WEFT_PIPELINE_RUN_TEXTFILE_H

#include "config/config.h"
#include "core/status.h"

typedef struct weft_run_ending {
    weft_status status;
    int64_t started_ms, ended_ms; /* since 1970 */
    double seconds;
    int64_t rows, bytes; /* of the outputs */
    int64_t peak_bytes, limit_bytes, adaptations;
} weft_run_ending;

/* Writes metrics.textfile, whole or not at all, where one is configured and the run is of all rows: the shards of a
 * table leave it to the run that joins them. Of a run that failed, the time of the last success is the one that the
 * file had before; without one there is none. The label `experiment` is the experiment's name, or, where none is
 * configured, the configuration's without its ending, so that it is the same each time. A file that no run
 * wrote stays as it is. What goes wrong is a warning: a run never fails for it. */
void weft_run_textfile_write(const weft_config *config, const weft_run_ending *ending);

#endif
