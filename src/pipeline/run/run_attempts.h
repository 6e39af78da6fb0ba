/* A run that goes on by itself, from its last checkpoint, after a failure that may pass.
 *
 * What was written since the last sync that succeeded may be lost: the kernel reports a page that it could not write
 * once, and drops it. So no write and no sync is made once more where it failed. All outputs are closed, opened anew as
 * for --resume, cut to what the state says is on disk, and written again from there, in the same process.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_ATTEMPTS_H
#define WEFT_PIPELINE_RUN_ATTEMPTS_H

#include "core/retry.h"

/* Between the WEFT_RETRY_ATTEMPTS attempts from one checkpoint: 200 ms, then 400, 800, 1600. An attempt that came
 * further than the one before it is the first of as many. */
#define WEFT_RUN_FIRST_PAUSE_MS 200

/* Zero-initialised but for the account's cancel flag. One thread. */
typedef struct weft_run_attempts {
    weft_retry_account account; /* retries: attempts after the first */
    weft_retry retry;           /* from the checkpoint at `rows` */
    int64_t rows;
    char reason[WEFT_ERROR_MESSAGE_BYTES]; /* of the last that failed */
} weft_run_attempts;

/* After an attempt that failed with *status and *err, its last checkpoint at grid row `rows`: whether to make another
 * one, after a pause that a signal ends. Says so on the log. Where the run was asked to stop meanwhile, *status and
 * *err become that. */
bool weft_run_attempts_again(weft_run_attempts *attempts, int64_t rows, weft_status *status, weft_error *err);

#endif
