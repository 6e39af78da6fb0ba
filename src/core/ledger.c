/* Reservation is one compare-and-swap loop on the sum, so that no bound is ever passed, not even for a moment.
 *
 * SPDX-License-Identifier: MIT */
#include "core/ledger.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

struct weft_ledger {
    _Atomic int64_t capacity, bound, used, peak, denials;
    _Atomic int64_t by_tag[WEFT_TAG_COUNT];
    weft_ledger_reclaim_fn reclaim;
    void *reclaim_payload;
};

weft_status weft_ledger_new(weft_ledger **out, int64_t capacity_bytes, weft_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "cannot allocate the memory ledger");
    atomic_init(&(*out)->capacity, capacity_bytes);
    atomic_init(&(*out)->bound, capacity_bytes);
    return WEFT_OK;
}

void weft_ledger_free(weft_ledger *ledger) {
    /* What is still booked is held by nobody: a leak that no tool sees, since buffers are mapped. */
    assert(ledger == NULL || atomic_load(&ledger->used) == 0);
    free(ledger);
}

static void raise_peak(weft_ledger *ledger, int64_t used) {
    int64_t peak = atomic_load(&ledger->peak);
    while (used > peak && !atomic_compare_exchange_weak(&ledger->peak, &peak, used)) {
    }
}

/* Books them if that stays within `most`; else sets `missing` to how much is over it. */
static bool book(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, int64_t most, int64_t *missing) {
    int64_t used = atomic_load(&ledger->used);
    do {
        int64_t room = most - used;
        if (bytes > room) {
            *missing = room >= 0 || bytes <= INT64_MAX + room ? bytes - room : INT64_MAX;
            return false;
        }
    } while (!atomic_compare_exchange_weak(&ledger->used, &used, used + bytes));
    atomic_fetch_add(&ledger->by_tag[tag], bytes);
    raise_peak(ledger, used + bytes);
    return true;
}

static weft_status refuse(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, int64_t most, weft_error *err) {
    atomic_fetch_add(&ledger->denials, 1);
    weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes for %s do not fit: %lld of %lld in use", (long long)bytes,
                   weft_ledger_tag_name(tag), (long long)atomic_load(&ledger->used), (long long)most);
    weft_error_hint(err, "raise memory.limit, or run with fewer threads");
    return WEFT_ERR_MEMORY;
}

void weft_ledger_set_reclaim(weft_ledger *ledger, weft_ledger_reclaim_fn reclaim, void *payload) {
    ledger->reclaim = reclaim;
    ledger->reclaim_payload = payload;
}

/* Others can be had smaller, or are the ones that give back. */
static bool is_needed(weft_ledger_tag tag) {
    return tag == WEFT_TAG_PATCH || tag == WEFT_TAG_LATTICE;
}

weft_status weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    int64_t missing;
    while (!book(ledger, tag, bytes, atomic_load(&ledger->capacity), &missing)) {
        if (!is_needed(tag)) return refuse(ledger, tag, bytes, atomic_load(&ledger->capacity), err);
        if (ledger->reclaim == NULL || !ledger->reclaim(ledger->reclaim_payload, missing))
            return weft_ledger_reserve_least(ledger, tag, bytes, err);
    }
    return WEFT_OK;
}

weft_status weft_ledger_reserve_least(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    int64_t missing, bound = atomic_load(&ledger->bound);
    return book(ledger, tag, bytes, bound, &missing) ? WEFT_OK : refuse(ledger, tag, bytes, bound, err);
}

void weft_ledger_release(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes) {
    atomic_fetch_sub(&ledger->by_tag[tag], bytes);
    atomic_fetch_sub(&ledger->used, bytes);
}

void weft_ledger_set_capacity(weft_ledger *ledger, int64_t capacity_bytes, int64_t bound_bytes) {
    atomic_store(&ledger->capacity, capacity_bytes);
    atomic_store(&ledger->bound, bound_bytes > capacity_bytes ? bound_bytes : capacity_bytes);
}

int64_t weft_ledger_used_bytes(const weft_ledger *ledger) {
    return atomic_load(&ledger->used);
}

int64_t weft_ledger_available_bytes(const weft_ledger *ledger) {
    int64_t left = atomic_load(&ledger->capacity) - atomic_load(&ledger->used);
    return left > 0 ? left : 0;
}

void weft_ledger_read(const weft_ledger *ledger, weft_ledger_state *out) {
    out->capacity_bytes = atomic_load(&ledger->capacity);
    out->bound_bytes = atomic_load(&ledger->bound);
    out->used_bytes = atomic_load(&ledger->used);
    out->peak_bytes = atomic_load(&ledger->peak);
    out->denials = atomic_load(&ledger->denials);
    for (int tag = 0; tag < WEFT_TAG_COUNT; tag++)
        out->used_by_tag[tag] = atomic_load(&ledger->by_tag[tag]);
}

const char *weft_ledger_tag_name(weft_ledger_tag tag) {
    static const char *const names[WEFT_TAG_COUNT] = {
        [WEFT_TAG_BLOCK_CACHE] = "block cache",
        [WEFT_TAG_PATCH] = "source pixels",
        [WEFT_TAG_LATTICE] = "lattice",
        [WEFT_TAG_LAYER] = "layers",
        [WEFT_TAG_CHUNK] = "chunks",
        [WEFT_TAG_TEXT] = "text",
        [WEFT_TAG_OTHER] = "other",
    };
    return names[tag];
}
