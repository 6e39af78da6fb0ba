/* SPDX-License-Identifier: MIT
 *
 * One atomic word, so that a signal handler may set it. */
#include "core/cancel.h"

void weft_cancel_request(weft_cancel *cancel, weft_cancel_reason reason) {
    int none = WEFT_CANCEL_NONE;
    atomic_compare_exchange_strong(&cancel->reason, &none, (int)reason);
}

weft_cancel_reason weft_cancel_requested(const weft_cancel *cancel) {
    return (weft_cancel_reason)atomic_load(&cancel->reason);
}

weft_status weft_cancel_check(const weft_cancel *cancel, weft_error *err) {
    switch (weft_cancel_requested(cancel)) {
    case WEFT_CANCEL_SIGNAL:
        return weft_error_set(err, WEFT_ERR_CANCELLED, "stopped by a signal");
    case WEFT_CANCEL_MEMORY:
        weft_error_set(err, WEFT_ERR_MEMORY, "memory stayed critical with every size at its smallest");
        weft_error_hint(err, "raise memory.limit, or give the machine or container more memory");
        return WEFT_ERR_MEMORY;
    case WEFT_CANCEL_NONE:
        break;
    }
    return WEFT_OK;
}
