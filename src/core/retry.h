/* Trying again what may pass: a few attempts, each after twice the pause, given up when the run is to stop.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_RETRY_H
#define WEFT_CORE_RETRY_H

#include "core/cancel.h"

#include <stdint.h>

#define WEFT_RETRY_ATTEMPTS 5

/* What was tried again. Zero-initialised is empty; shared by any threads. */
typedef struct weft_retry_account {
    const weft_cancel *cancel;       /* looked at while waiting; NULL: nobody stops it. Set before threads share it */
    _Atomic int64_t retries;         /* attempts after the first */
    _Atomic int64_t recovered, lost; /* things that were tried again, by how it ended */
} weft_retry_account;

/* One thing that is tried. Zero-initialised but for the account, which may be NULL. One thread. */
typedef struct weft_retry {
    weft_retry_account *account;
    int first_pause_ms; /* 0: 50 ms */
    int failures;
} weft_retry;

/* After a failure: waits (50 ms, 100, 200, 400, or as much longer as the first pause is) and returns true for another
 * attempt; false when all were made, or at once when the run is to stop. */
bool weft_retry_wait(weft_retry *retry);
/* The same without a wait, for what did not fail for want of time. */
bool weft_retry_at_once(weft_retry *retry);
/* weft_cancel_check() of the account's. */
weft_status weft_retry_check(const weft_retry *retry, weft_error *err);
/* After the last attempt: counts how it ended, if there was more than one. */
void weft_retry_end(weft_retry *retry, bool recovered);

#endif
