/* The account of all memory that weft itself holds, by use (tag).
 *
 * A buffer is reserved before it is allocated. A reservation that does not fit is refused at once and never waits: the
 * caller then works with less. There are two limits. The capacity is what a plan may use; it falls while a run works
 * when libraries take more than planned, and then what is held already may be over it. The bound is higher, and keeps
 * such a run alive. docs/memory.md has both formulas. A reservation tries, in this order:
 *
 *                                                      reserve()   reserve() of DECODER,   reserve_min()
 *                                                                  PATCH or LATTICE
 * 1. what is left under                                capacity    capacity                bound
 * 2. kept pages of the arena go to the system          yes         yes                     yes
 * 3. the reclaim function (the block cache evicts)     no          yes                     no
 * 4. what is left under the bound                      no          yes                     (is 1)
 *
 * A worker cannot work without decoders, source pixels (patch) and positions (lattice). All others can do with less.
 *
 * units   bytes
 * thread  any, where nothing else is said; counters are atomics, which the monitor reads without a lock
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_LEDGER_H
#define WEFT_CORE_LEDGER_H

#include "core/memory/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_ledger weft_ledger;

/* What memory is used for. weft_ledger_tag_name() has the names. */
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
    int64_t used_bytes;                  /* booked, over all tags */
    int64_t kept_bytes;                  /* resident pages that no buffer uses; the next one takes them */
    int64_t peak_bytes;                  /* the most that was booked so far */
    int64_t denials;                     /* reservations that were refused */
    int64_t used_by_tag[WEFT_TAG_COUNT]; /* booked, by tag */
} weft_ledger_state;

/* The bound is the capacity until weft_ledger_set_capacity() sets both. Errors: WEFT_ERR_MEMORY. */
weft_status weft_ledger_new(weft_ledger **out, int64_t capacity_bytes, weft_error *err);
/* Everything must have been released before. NULL is allowed. */
void weft_ledger_free(weft_ledger *ledger);

/* Releases about `bytes` that can be made again (the block cache evicts). Runs on the thread that asks for memory,
 * which holds no lock. Returns whether anything was released. */
typedef bool (*weft_ledger_reclaim_fn)(void *payload, int64_t bytes);

/* Sets the function that is asked for room; NULL: none is. Call it before the first reservation. */
void weft_ledger_set_reclaim(weft_ledger *ledger, weft_ledger_reclaim_fn reclaim, void *payload);

/* Books `bytes` under `tag`. Errors: WEFT_ERR_MEMORY: it does not fit. */
weft_status weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);

/* The same for a size that the caller cannot work without, when it holds nothing that it could give back: up to the
 * bound. */
weft_status weft_ledger_reserve_min(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);

/* Gives back all or a part of what was reserved. */
void weft_ledger_release(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes);

/* --- for core/memory/buffer.h alone: the pages that buffers lie in --- */

/* Takes a kept range and books it under `tag`; it is within the capacity already. NULL: there is none that large. */
weft_arena_range *weft_ledger_take_kept(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes);
/* Gives back a range that was booked under `tag` and keeps its pages. Returns false, and leaves it taken and booked,
 * when the kept pages would be more than a sixteenth of the capacity, when more is held than the capacity, or when the
 * range is too large. */
bool weft_ledger_keep(weft_ledger *ledger, weft_ledger_tag tag, weft_arena_range *range);
weft_arena *weft_ledger_arena(weft_ledger *ledger);

/* --- for the memory watch --- */

/* Whether pages are kept from now on. With false, the kept ones go to the system at once. */
void weft_ledger_set_keeping(weft_ledger *ledger, bool keeps);

/* Gives at least `bytes` of kept pages to the system, or all there are; returns how many bytes. */
int64_t weft_ledger_purge(weft_ledger *ledger, int64_t bytes);

/* Sets the capacity and the bound. What is held already stays. One thread at a time. */
void weft_ledger_set_capacity(weft_ledger *ledger, int64_t capacity_bytes, int64_t bound_bytes);

/* Booked under all tags. */
int64_t weft_ledger_used_bytes(const weft_ledger *ledger);
/* Booked and kept: what is resident for weft's buffers, or may become so. */
int64_t weft_ledger_held_bytes(const weft_ledger *ledger);
/* What could be reserved now; 0 when more is held than the capacity. */
int64_t weft_ledger_available_bytes(const weft_ledger *ledger);
void weft_ledger_read(const weft_ledger *ledger, weft_ledger_state *out);
const char *weft_ledger_tag_name(weft_ledger_tag tag);

#endif
