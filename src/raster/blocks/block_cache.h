/* Decoded source blocks, shared by all threads, in LRU order, under a bound in bytes that the ledger knows.
 *
 * A block is decoded once, by whoever needs it first; others that need it wait for that block only.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_CACHE_H
#define WEFT_RASTER_BLOCK_CACHE_H

#include "core/data_type.h"
#include "core/memory/ledger.h"
#include "core/memory/pressure.h"
#include "raster/gdal/block_key.h"

typedef struct weft_block_cache weft_block_cache;

/* A decoded block. Pinned, and not changed, between acquire and release. */
typedef struct weft_block {
    const void *values;   /* block_cols * block_rows of the band's type, row-major */
    const uint8_t *valid; /* a byte a pixel, 0 = missing; NULL: nothing is missing */
} weft_block;

/* Decodes one block: fills values and, when something is missing, valid and *any_missing = true. Called without any
 * lock held, on the thread that asked. */
typedef weft_status (*weft_block_load_fn)(void *payload, weft_block_key key, void *values, uint8_t *valid,
                                          bool *any_missing, weft_error *err);

weft_status weft_block_cache_new(weft_block_cache **out, weft_ledger *ledger, int64_t capacity_bytes, weft_error *err);
/* No block may be acquired. NULL is fine. */
void weft_block_cache_free(weft_block_cache *cache);
int32_t weft_block_cache_new_source_id(weft_block_cache *cache);

/* Gives the block, loading it with `load` on a miss. Unpinned blocks are evicted, oldest first, to stay under the
 * capacity and the ledger; a block that does not fit even so is loaded all the same if the ledger grants it.
 * value_bytes, mask_bytes: sizes of a block's values and mask. Errors: the loader's, WEFT_ERR_MEMORY. A failed load is
 * not kept: the next asker tries again. Any thread. */
weft_status weft_block_cache_acquire(weft_block_cache *cache, weft_block_key key, int64_t value_bytes,
                                     int64_t mask_bytes, weft_block_load_fn load, void *payload, weft_block *out,
                                     weft_error *err);
void weft_block_cache_release(weft_block_cache *cache, weft_block_key key);

/* Loads a block that costs little just now (another band of the same file block), unless it is there or on its way, or
 * there is no room without evicting a pinned block. Never waits, so a loader may call it. A failure is not kept. Any
 * thread. */
void weft_block_cache_offer(weft_block_cache *cache, weft_block_key key, int64_t value_bytes, int64_t mask_bytes,
                            weft_block_load_fn load, void *payload);

/* Drops every unpinned block of a source, or of all (source_id < 0). Any thread. */
void weft_block_cache_drop(weft_block_cache *cache, int32_t source_id);

/* Evicts unpinned blocks, oldest first, until `bytes` are given back; false when there are none. A
 * weft_ledger_reclaim_fn, with the cache as payload. Any thread. */
bool weft_block_cache_give_back(void *cache, int64_t bytes);

/* Bound from now on; shrinking evicts at once what is unpinned. Any thread. */
void weft_block_cache_set_capacity(weft_block_cache *cache, int64_t capacity_bytes);
int64_t weft_block_cache_capacity(const weft_block_cache *cache);

typedef struct weft_block_cache_stats {
    int64_t hits, misses, evictions, bytes, blocks, waits;
    int64_t loaded_bytes; /* of all that was decoded, masks too; a block counts each time */
} weft_block_cache_stats;
void weft_block_cache_read_stats(const weft_block_cache *cache, weft_block_cache_stats *out);

#endif
