/* SPDX-License-Identifier: MIT
 *
 * Pauses are slept in short pieces, so that a signal ends them. */
#include "core/retry.h"

#include <time.h>

#define FIRST_PAUSE_MS 50
#define PIECE_MS       25

weft_status weft_retry_check(const weft_retry *retry, weft_error *err) {
    const weft_cancel *cancel = retry->account != NULL ? retry->account->cancel : NULL;
    return cancel != NULL ? weft_cancel_check(cancel, err) : WEFT_OK;
}

static bool is_stopped(const weft_retry *retry) {
    return weft_retry_check(retry, NULL) != WEFT_OK;
}

bool weft_retry_at_once(weft_retry *retry) {
    if (++retry->failures >= WEFT_RETRY_ATTEMPTS || is_stopped(retry)) return false;
    if (retry->account != NULL) atomic_fetch_add(&retry->account->retries, 1);
    return true;
}

bool weft_retry_wait(weft_retry *retry) {
    int pause_ms = (retry->first_pause_ms > 0 ? retry->first_pause_ms : FIRST_PAUSE_MS) << retry->failures;
    if (!weft_retry_at_once(retry)) return false;
    for (; pause_ms > 0 && !is_stopped(retry); pause_ms -= PIECE_MS)
        (void)nanosleep(&(struct timespec){.tv_nsec = PIECE_MS * 1000000L}, NULL);
    return !is_stopped(retry);
}

void weft_retry_end(weft_retry *retry, bool recovered) {
    if (retry->failures == 0 || retry->account == NULL) return;
    atomic_fetch_add(recovered ? &retry->account->recovered : &retry->account->lost, 1);
}
