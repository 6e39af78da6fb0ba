/* One run, from a configuration to whole outputs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ORCHESTRATOR_H
#define WEFT_PIPELINE_ORCHESTRATOR_H

#include "config/config.h"
#include "pipeline/run/run_options.h"

/* Runs the whole job on the calling thread and a pool of workers.
 *
 * On failure no output has its final name, and earlier outputs of these names are unchanged; unless the failure came
 * while outputs were getting their names, one after the other.
 *
 * result   filled as far as the run came
 * errors   those of planning
 *          WEFT_ERR_DATA (a block does not decode; an input has changed; with `resume`: the configuration or an input
 *          is not the same), WEFT_ERR_IO (after several attempts where it may be transient), WEFT_ERR_MEMORY,
 *          WEFT_ERR_BUSY (another run uses the output), WEFT_ERR_CANCELLED */
weft_status weft_run(const weft_config *config, const weft_run_options *options, weft_run_result *result,
                     weft_error *err);

#endif
