/* Runs the jobs of a batch: each in a process of its own, with a grant of memory and threads out of one budget.
 *
 * One thread, one loop: it begins what can begin, waits for a process to end, for a signal or for the next time to do
 * something, and notes how each attempt ended.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_RUN_H
#define WEFT_PIPELINE_BATCH_RUN_H

#include "pipeline/batch/batch_observer.h"

/* Runs all that is to run. work: open, and checked. SIGINT, SIGTERM and SIGHUP are taken meanwhile: the first one is
 * passed to the jobs as SIGTERM, and nothing begins any more; a second one kills them.
 *
 * errors  what keeps the batch itself from working, with the jobs' processes ended: WEFT_ERR_IO, WEFT_ERR_PERMISSION,
 *         WEFT_ERR_MEMORY */
weft_status weft_batch_run(weft_batch_work *work, const weft_batch_options *options, weft_batch_result *result,
                           weft_error *err);

#endif
