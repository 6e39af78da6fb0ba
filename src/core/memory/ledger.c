/* Reservation is one compare-and-swap loop on the sum, so that no bound is ever passed, not even for a moment.
 *
 * SPDX-License-Identifier: MIT */
#include "core/memory/ledger.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#define KEPT_SHARE 16 /* of the capacity, one part may be pages that nobody uses */

struct weft_ledger {
    _Atomic int64_t capacity, bound, peak, denials;
    _Atomic int64_t held; /* in use, and kept */
    _Atomic int64_t kept;
    _Atomic int64_t by_tag[WEFT_TAG_COUNT];
    _Atomic bool keeps_none;
    weft_arena *arena;
    weft_ledger_reclaim_fn reclaim;
    void *reclaim_payload;
};

weft_status weft_ledger_new(weft_ledger **out, int64_t capacity_bytes, weft_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out != NULL) (*out)->arena = weft_arena_new();
    if (*out == NULL || (*out)->arena == NULL) {
        free(*out);
        *out = NULL;
        return weft_error_set(err, WEFT_ERR_MEMORY, "cannot allocate the memory ledger");
    }
    atomic_init(&(*out)->capacity, capacity_bytes);
    atomic_init(&(*out)->bound, capacity_bytes);
    return WEFT_OK;
}

void weft_ledger_free(weft_ledger *ledger) {
    /* What is still booked is held by nobody: a leak that no tool sees, since buffers are mapped. */
    assert(ledger == NULL || weft_ledger_used_bytes(ledger) == 0);
    if (ledger != NULL) weft_arena_free(ledger->arena);
    free(ledger);
}

static void raise_peak(weft_ledger *ledger, int64_t used) {
    int64_t peak = atomic_load(&ledger->peak);
    while (used > peak && !atomic_compare_exchange_weak(&ledger->peak, &peak, used)) {
    }
}

/* Books them if that stays within `most`; else sets `missing` to how much is over it. */
static bool book(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, int64_t max, int64_t *missing) {
    int64_t held = atomic_load(&ledger->held);
    do {
        int64_t room = max - held;
        if (bytes > room) {
            *missing = room >= 0 || bytes <= INT64_MAX + room ? bytes - room : INT64_MAX;
            return false;
        }
    } while (!atomic_compare_exchange_weak(&ledger->held, &held, held + bytes));
    atomic_fetch_add(&ledger->by_tag[tag], bytes);
    raise_peak(ledger, weft_ledger_used_bytes(ledger));
    return true;
}

static weft_status refuse(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, int64_t max, weft_error *err) {
    atomic_fetch_add(&ledger->denials, 1);
    weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes for %s do not fit: %lld of %lld in use", (long long)bytes,
                   weft_ledger_tag_name(tag), (long long)weft_ledger_used_bytes(ledger), (long long)max);
    weft_error_hint(err, "raise memory.limit, or run with fewer threads");
    return WEFT_ERR_MEMORY;
}

void weft_ledger_set_reclaim(weft_ledger *ledger, weft_ledger_reclaim_fn reclaim, void *payload) {
    ledger->reclaim = reclaim;
    ledger->reclaim_payload = payload;
}

/* A worker cannot work without these. Other uses can be smaller, or (the block cache) are what is reclaimed. */
static bool is_needed(weft_ledger_tag tag) {
    return tag == WEFT_TAG_DECODER || tag == WEFT_TAG_PATCH || tag == WEFT_TAG_LATTICE;
}

weft_status weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    int64_t missing;
    while (!book(ledger, tag, bytes, atomic_load(&ledger->capacity), &missing)) {
        if (weft_ledger_purge(ledger, missing) > 0) continue;
        if (!is_needed(tag)) return refuse(ledger, tag, bytes, atomic_load(&ledger->capacity), err);
        if (ledger->reclaim == NULL || !ledger->reclaim(ledger->reclaim_payload, missing))
            return weft_ledger_reserve_min(ledger, tag, bytes, err);
    }
    return WEFT_OK;
}

weft_status weft_ledger_reserve_min(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    int64_t missing, bound = atomic_load(&ledger->bound);
    while (!book(ledger, tag, bytes, bound, &missing))
        if (weft_ledger_purge(ledger, missing) == 0) return refuse(ledger, tag, bytes, bound, err);
    return WEFT_OK;
}

void weft_ledger_release(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes) {
    atomic_fetch_sub(&ledger->by_tag[tag], bytes);
    atomic_fetch_sub(&ledger->held, bytes);
}

/* --- the arena's ranges --- */

/* The arena changes first, and the counters after it. A purge on another thread may come between: then `kept` is below
 * zero for a moment. The sums are right again when both threads are done. */

weft_arena_range *weft_ledger_take_kept(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes) {
    weft_arena_range *range = weft_arena_take_kept(ledger->arena, bytes);
    if (range == NULL) return NULL;
    atomic_fetch_sub(&ledger->kept, bytes);
    atomic_fetch_add(&ledger->by_tag[tag], bytes);
    raise_peak(ledger, weft_ledger_used_bytes(ledger));
    return range;
}

bool weft_ledger_keep(weft_ledger *ledger, weft_ledger_tag tag, weft_arena_range *range) {
    int64_t bytes = range->bytes, capacity = atomic_load(&ledger->capacity);
    int64_t max_kept = atomic_load(&ledger->keeps_none) ? 0 : capacity / KEPT_SHARE;
    if (atomic_load(&ledger->held) > capacity || atomic_load(&ledger->kept) + bytes > max_kept) return false;
    if (!weft_arena_keep(ledger->arena, range)) return false;
    atomic_fetch_sub(&ledger->by_tag[tag], bytes);
    atomic_fetch_add(&ledger->kept, bytes);
    return true;
}

weft_arena *weft_ledger_arena(weft_ledger *ledger) {
    return ledger->arena;
}

void weft_ledger_set_keeping(weft_ledger *ledger, bool keeps) {
    atomic_store(&ledger->keeps_none, !keeps);
    if (!keeps) (void)weft_ledger_purge(ledger, INT64_MAX);
}

int64_t weft_ledger_purge(weft_ledger *ledger, int64_t bytes) {
    int64_t purged = weft_arena_purge(ledger->arena, bytes);
    atomic_fetch_sub(&ledger->kept, purged);
    atomic_fetch_sub(&ledger->held, purged);
    return purged;
}

void weft_ledger_set_capacity(weft_ledger *ledger, int64_t capacity_bytes, int64_t bound_bytes) {
    atomic_store(&ledger->capacity, capacity_bytes);
    atomic_store(&ledger->bound, bound_bytes > capacity_bytes ? bound_bytes : capacity_bytes);
    int64_t over = atomic_load(&ledger->held) - capacity_bytes;
    if (over > 0) (void)weft_ledger_purge(ledger, over);
}

int64_t weft_ledger_used_bytes(const weft_ledger *ledger) {
    return atomic_load(&ledger->held) - atomic_load(&ledger->kept);
}

int64_t weft_ledger_held_bytes(const weft_ledger *ledger) {
    return atomic_load(&ledger->held);
}

int64_t weft_ledger_available_bytes(const weft_ledger *ledger) {
    int64_t left = atomic_load(&ledger->capacity) - weft_ledger_used_bytes(ledger);
    return left > 0 ? left : 0;
}

void weft_ledger_read(const weft_ledger *ledger, weft_ledger_state *out) {
    out->capacity_bytes = atomic_load(&ledger->capacity);
    out->bound_bytes = atomic_load(&ledger->bound);
    out->used_bytes = weft_ledger_used_bytes(ledger);
    out->kept_bytes = atomic_load(&ledger->kept);
    out->peak_bytes = atomic_load(&ledger->peak);
    out->denials = atomic_load(&ledger->denials);
    for (int tag = 0; tag < WEFT_TAG_COUNT; tag++)
        out->used_by_tag[tag] = atomic_load(&ledger->by_tag[tag]);
}

const char *weft_ledger_tag_name(weft_ledger_tag tag) {
    static const char *const names[WEFT_TAG_COUNT] = {
        [WEFT_TAG_BLOCK_CACHE] = "block cache",
        [WEFT_TAG_DECODER] = "decoders",
        [WEFT_TAG_PATCH] = "source pixels",
        [WEFT_TAG_LATTICE] = "lattice",
        [WEFT_TAG_LAYER] = "layers",
        [WEFT_TAG_CHUNK] = "chunks",
        [WEFT_TAG_TEXT] = "text",
        [WEFT_TAG_OTHER] = "other",
    };
    return names[tag];
}
