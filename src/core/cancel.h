/* The flag that says stop. Set by signals, by the memory monitor, by a failing worker; read between windows.
 *
 * A signal may leave time to finish what is in hand: while there is a grace, work within a chunk goes on for so long,
 * and only the next chunk is not begun.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_CANCEL_H
#define WEFT_CORE_CANCEL_H

#include "core/status.h"

#include <stdatomic.h>
#include <stdint.h>

typedef enum weft_cancel_reason {
    WEFT_CANCEL_NONE,
    WEFT_CANCEL_SIGNAL,
    WEFT_CANCEL_MEMORY,
} weft_cancel_reason;

/* Lives as long as the run; zero-initialised is not cancelled. */
typedef struct weft_cancel {
    _Atomic int reason;
    _Atomic int64_t asked_ns; /* monotonic; of the first request */
    _Atomic int64_t grace_ns; /* that a signal leaves for what is in hand; 0: none */
} weft_cancel;

/* The first reason stays. Async-signal-safe. */
void weft_cancel_request(weft_cancel *cancel, weft_cancel_reason reason);
weft_cancel_reason weft_cancel_requested(const weft_cancel *cancel);

/* From now on a signal leaves `grace_ms` for what is in hand; 0: it stops at once, also one that came before. Any
 * thread. */
void weft_cancel_set_grace(weft_cancel *cancel, int64_t grace_ms);

/* For work that is in hand: WEFT_OK, or the worded error: WEFT_ERR_CANCELLED for a signal whose grace is over,
 * WEFT_ERR_MEMORY for lasting pressure. NULL: nobody asks. */
weft_status weft_cancel_check(const weft_cancel *cancel, weft_error *err);
/* The same for what is not begun yet: without any grace. */
weft_status weft_cancel_check_next(const weft_cancel *cancel, weft_error *err);

#endif
