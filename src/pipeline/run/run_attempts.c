/* SPDX-License-Identifier: MIT
 *
 * Attempts are counted from one checkpoint: a run of many hours may meet trouble many times, as long as it comes on. */
#include "pipeline/run/run_attempts.h"

#include "core/log.h"

#include <string.h>

bool weft_run_attempts_again(weft_run_attempts *attempts, int64_t rows, weft_status *status, weft_error *err) {
    weft_retry *retry = &attempts->retry;
    if (*status != WEFT_ERR_IO || !err->may_pass) return false;
    if (rows > attempts->rows) *retry = (weft_retry){0};
    attempts->rows = rows;
    retry->account = &attempts->account;
    retry->first_pause_ms = WEFT_RUN_FIRST_PAUSE_MS;
    memcpy(attempts->reason, err->message, sizeof attempts->reason);
    if (retry->failures + 1 < WEFT_RETRY_ATTEMPTS)
        weft_log(WEFT_LOG_WARNING, "%s; this may pass: attempt %d of %d, from the last checkpoint, after a pause",
                 err->message, retry->failures + 2, WEFT_RETRY_ATTEMPTS);
    if (weft_retry_wait(retry)) return true;
    weft_status stopped = weft_retry_check(retry, err);
    if (stopped != WEFT_OK) *status = stopped;
    return false;
}
