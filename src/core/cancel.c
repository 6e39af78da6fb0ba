/* SPDX-License-Identifier: MIT
 *
 * Atomic words, so that a signal handler may set them. */
#include "core/cancel.h"

#include "core/clock.h"

void weft_cancel_request(weft_cancel *cancel, weft_cancel_reason reason) {
    int none = WEFT_CANCEL_NONE;
    int64_t never = 0;
    /* The time first: whoever sees the reason sees it too. */
    atomic_compare_exchange_strong(&cancel->asked_ns, &never, weft_clock_monotonic_ns());
    atomic_compare_exchange_strong(&cancel->reason, &none, (int)reason);
}

weft_cancel_reason weft_cancel_requested(const weft_cancel *cancel) {
    return (weft_cancel_reason)atomic_load(&cancel->reason);
}

void weft_cancel_set_grace(weft_cancel *cancel, int64_t grace_ms) {
    atomic_store(&cancel->grace_ns, grace_ms * 1000000);
}

static bool has_grace(const weft_cancel *cancel) {
    int64_t grace_ns = atomic_load(&cancel->grace_ns);
    return grace_ns > 0 && weft_clock_monotonic_ns() - atomic_load(&cancel->asked_ns) < grace_ns;
}

static weft_status check(const weft_cancel *cancel, bool in_hand, weft_error *err) {
    if (cancel == NULL) return WEFT_OK;
    switch (weft_cancel_requested(cancel)) {
    case WEFT_CANCEL_SIGNAL:
        if (in_hand && has_grace(cancel)) return WEFT_OK;
        return weft_error_set(err, WEFT_ERR_CANCELLED, "stopped by a signal");
    case WEFT_CANCEL_MEMORY:
        weft_error_set(err, WEFT_ERR_MEMORY, "memory stayed critical with every size at its smallest");
        weft_error_hint(err, "raise memory.limit, or give the container or machine more: weft memory alerts");
        return WEFT_ERR_MEMORY;
    case WEFT_CANCEL_NONE:
        break;
    }
    return WEFT_OK;
}

weft_status weft_cancel_check(const weft_cancel *cancel, weft_error *err) {
    return check(cancel, true, err);
}

weft_status weft_cancel_check_next(const weft_cancel *cancel, weft_error *err) {
    return check(cancel, false, err);
}
