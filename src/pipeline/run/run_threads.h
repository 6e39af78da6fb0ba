/* How many threads a run has.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_THREADS_H
#define WEFT_PIPELINE_RUN_THREADS_H

#include "config/config.h"

/* The threads a run of this configuration uses: 1 .. WEFT_MAX_THREADS. */
int weft_run_threads(const weft_config *config);

#endif
