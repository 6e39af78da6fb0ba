/* One run, from a configuration to whole outputs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ORCHESTRATOR_H
#define WEFT_PIPELINE_ORCHESTRATOR_H

#include "config/config.h"
#include "pipeline/run/run_options.h"

/* Runs the whole job on the calling thread and a pool of workers.
 *
 * result   filled as far as the run came
 * errors   those of planning; WEFT_ERR_IO (after weft_run_attempts, where it could pass) and WEFT_ERR_DATA while
 * reading or writing; WEFT_ERR_CANCELLED;
 * WEFT_ERR_BUSY; WEFT_ERR_MEMORY. What stood at an output's name before is as it was then, unless outputs were
 * already getting their names. With `resume`, WEFT_ERR_DATA where configuration or inputs are not the same */
weft_status weft_run(const weft_config *config, const weft_run_options *options, weft_run_result *result,
                     weft_error *err);

#endif
