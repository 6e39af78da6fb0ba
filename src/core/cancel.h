/* The flag that says stop. Set by signals, by the memory monitor, by a failing worker; read between windows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_CANCEL_H
#define WEFT_CORE_CANCEL_H

#include "core/status.h"

#include <stdatomic.h>

typedef enum weft_cancel_reason {
    WEFT_CANCEL_NONE,
    WEFT_CANCEL_SIGNAL,
    WEFT_CANCEL_MEMORY,
} weft_cancel_reason;

/* Lives as long as the run; zero-initialised is not cancelled. */
typedef struct weft_cancel {
    _Atomic int reason;
} weft_cancel;

/* The first reason stays. Async-signal-safe. */
void weft_cancel_request(weft_cancel *cancel, weft_cancel_reason reason);
weft_cancel_reason weft_cancel_requested(const weft_cancel *cancel);

/* WEFT_OK, or the worded error: WEFT_ERR_CANCELLED for a signal, WEFT_ERR_MEMORY for lasting pressure. */
weft_status weft_cancel_check(const weft_cancel *cancel, weft_error *err);

#endif
