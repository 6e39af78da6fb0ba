/* The account of all memory that weft itself holds, by stage and operation.
 *
 * A buffer is reserved before it is allocated. A reservation that does not fit is refused, at once: the asker makes
 * itself smaller, the process never bigger. What a worker cannot do without (source pixels, positions) is first made
 * room for by whoever keeps things that can be had again; if that is not enough, it may go over the capacity, up to a
 * bound: the capacity falls when libraries take more than was planned, and then what is held already is over it.
 * Counters are atomics, read by the monitor without a lock.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_LEDGER_H
#define WEFT_CORE_LEDGER_H

#include "core/memory/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_ledger weft_ledger;

/* Who holds what. Names come from weft_ledger_tag_name(). */
typedef enum weft_ledger_tag {
    WEFT_TAG_BLOCK_CACHE, /* raster: decoded source blocks */
    WEFT_TAG_DECODER,     /* raster: what libraries take to decode blocks */
    WEFT_TAG_PATCH,       /* resample: source pixels under a window */
    WEFT_TAG_LATTICE,     /* resample: transformed positions */
    WEFT_TAG_LAYER,       /* resample: materialised layers */
    WEFT_TAG_CHUNK,       /* merge: merged rows */
    WEFT_TAG_TEXT,        /* export: formatted bytes on their way out */
    WEFT_TAG_OTHER,
    WEFT_TAG_COUNT,
} weft_ledger_tag;

typedef struct weft_ledger_state {
    int64_t capacity_bytes, bound_bytes;
    int64_t used_bytes;
    int64_t kept_bytes; /* resident pages that nobody uses, and that the next buffer takes */
    int64_t peak_bytes;
    int64_t denials;
    int64_t used_by_tag[WEFT_TAG_COUNT];
} weft_ledger_state;

/* The bound is the capacity, until both are set. */
weft_status weft_ledger_new(weft_ledger **out, int64_t capacity_bytes, weft_error *err);
/* Nothing may be reserved any more. NULL is fine. */
void weft_ledger_free(weft_ledger *ledger);

/* Gives back up to `bytes` of what is only kept to be used again; true when anything was. On the thread that asks for
 * memory, which holds no lock. */
typedef bool (*weft_ledger_reclaim_fn)(void *payload, int64_t bytes);

/* Before any reservation. NULL: nobody gives back. */
void weft_ledger_set_reclaim(weft_ledger *ledger, weft_ledger_reclaim_fn reclaim, void *payload);

/* Books `bytes` under `tag`, or refuses with WEFT_ERR_MEMORY. Never waits. Any thread. */
weft_status weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);

/* The same for the least that the asker can do with, when it holds nothing that it could give back: up to the bound. */
weft_status weft_ledger_reserve_min(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);

/* Gives back what was reserved, in whole or in part. Any thread. */
void weft_ledger_release(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes);

/* The pages that buffers lie in (core/memory/buffer.h; nobody else needs these three). A place of kept pages, which are
 * within the capacity already, or NULL. Any thread. */
weft_arena_place *weft_ledger_take_kept(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes);
/* Keeps the pages of a place that was booked under `tag`, up to a small share of the capacity. False: it is still taken
 * and booked, since that share is full, more is held than may be, or the place is too large. Any thread. */
bool weft_ledger_keep(weft_ledger *ledger, weft_ledger_tag tag, weft_arena_place *place);
weft_arena *weft_ledger_arena(weft_ledger *ledger);

/* Whether pages are kept from now on. Where not, those that are kept go to the system. Any thread. */
void weft_ledger_set_keeping(weft_ledger *ledger, bool keeps);

/* Gives kept pages to the system, at least `bytes` of them, or all; returns how many bytes. A reservation that lacks
 * room does so by itself. Any thread. */
int64_t weft_ledger_purge(weft_ledger *ledger, int64_t bytes);

/* Sets how much may be held from now on, and how much by those who cannot do with less. What is held already stays.
 * One thread at a time. */
void weft_ledger_set_capacity(weft_ledger *ledger, int64_t capacity_bytes, int64_t bound_bytes);

/* What is booked under the tags. */
int64_t weft_ledger_used_bytes(const weft_ledger *ledger);
/* The same and what is kept: all that is resident for weft's buffers. */
int64_t weft_ledger_held_bytes(const weft_ledger *ledger);
/* What could be reserved now; 0 when over. */
int64_t weft_ledger_available_bytes(const weft_ledger *ledger);
void weft_ledger_read(const weft_ledger *ledger, weft_ledger_state *out);
const char *weft_ledger_tag_name(weft_ledger_tag tag);

#endif
