/* Continues a run from its last checkpoint after a failure that may be transient, in the same process.
 *
 * Why a failed write or sync is never simply repeated: the kernel reports a page that it could not write once, and then
 * drops it. A second sync would succeed although the data are lost. So everything since the last successful sync counts as
 * lost. All outputs are closed, opened again as for --resume, cut to the length in the run state, and written again from
 * there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_ATTEMPTS_H
#define WEFT_PIPELINE_RUN_ATTEMPTS_H

#include "core/retry.h"

/* The pauses between the WEFT_RETRY_ATTEMPTS attempts from one checkpoint: 200 ms, then 400, 800, 1600. An attempt that
 * reached a later checkpoint starts the count again. */
#define WEFT_RUN_FIRST_PAUSE_MS 200

/* Zero-initialised but for the account's cancel flag. One thread. */
typedef struct weft_run_attempts {
    weft_retry_account account; /* retries: attempts after the first */
    weft_retry retry;           /* from the checkpoint at `rows` */
    int64_t rows;
    char reason[WEFT_ERROR_MESSAGE_BYTES]; /* of the last that failed */
} weft_run_attempts;

/* Decides after a failed attempt whether to make another one, and pauses before it returns true. Logs the decision.
 *
 * rows          of the grid, at the attempt's last checkpoint
 * status, err   how the attempt failed; they become WEFT_ERR_CANCELLED where a signal ends the pause */
bool weft_run_attempts_again(weft_run_attempts *attempts, int64_t rows, weft_status *status, weft_error *err);

#endif
