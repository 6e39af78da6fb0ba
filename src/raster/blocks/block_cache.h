/* The cache of decoded source blocks: one for the process, shared by all threads, LRU, with a capacity in bytes. Its
 * blocks are booked in the ledger (WEFT_TAG_BLOCK_CACHE).
 *
 * The first thread that needs a block decodes it. Others that need the same block wait for it; nobody waits for another
 * block. No lock is held while a block is decoded.
 *
 * thread  any, for every function
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_CACHE_H
#define WEFT_RASTER_BLOCK_CACHE_H

#include "core/data_type.h"
#include "core/memory/ledger.h"
#include "core/memory/pressure.h"
#include "raster/gdal/block_key.h"

typedef struct weft_block_cache weft_block_cache;

/* A decoded block. Between acquire and release it is pinned (not evicted), and its contents do not change. */
typedef struct weft_block {
    const void *values;   /* block_cols * block_rows of the band's type, row-major */
    const uint8_t *valid; /* a byte a pixel, 0 = missing; NULL: nothing is missing */
} weft_block;

/* Decodes one block: fills `values`. Where pixels are missing it also fills `valid` and sets *any_missing. Runs on the
 * thread that asked, with no lock held. */
typedef weft_status (*weft_block_load_fn)(void *payload, weft_block_key key, void *values, uint8_t *valid,
                                          bool *any_missing, weft_error *err);

weft_status weft_block_cache_new(weft_block_cache **out, weft_ledger *ledger, int64_t capacity_bytes, weft_error *err);
/* Every block must have been released before. NULL is allowed. */
void weft_block_cache_free(weft_block_cache *cache);
int32_t weft_block_cache_new_source_id(weft_block_cache *cache);

/* Gives a block, and pins it. On a miss it is loaded with `load`.
 *
 * Unpinned blocks are evicted, least recently used first, to stay within the capacity and the ledger. Where all blocks
 * are pinned, the block may go over the cache's capacity, if the ledger grants it.
 *
 * value_bytes, mask_bytes   of a block's values and of its mask
 * out                       borrowed until weft_block_cache_release()
 * errors                    the loader's, WEFT_ERR_MEMORY. A failure is not cached: the next caller tries again */
weft_status weft_block_cache_acquire(weft_block_cache *cache, weft_block_key key, int64_t value_bytes,
                                     int64_t mask_bytes, weft_block_load_fn load, void *payload, weft_block *out,
                                     weft_error *err);
void weft_block_cache_release(weft_block_cache *cache, weft_block_key key);

/* Loads a block ahead of its use, because it is cheap now: another band of a file block that was just decoded. Does
 * nothing where the block is cached or being loaded, or where only pinned blocks could make room. Never waits, so a
 * loader may call it. A failure is not cached. */
void weft_block_cache_offer(weft_block_cache *cache, weft_block_key key, int64_t value_bytes, int64_t mask_bytes,
                            weft_block_load_fn load, void *payload);

/* Whether a block is cached or being loaded. It may be gone at the next moment. */
bool weft_block_cache_has(weft_block_cache *cache, weft_block_key key);

/* Whether a block is being loaded, so that to acquire it would be to wait. It may be there at the next moment. */
bool weft_block_cache_is_loading(weft_block_cache *cache, weft_block_key key);

/* Drops every unpinned block of a source, or of all sources (source_id < 0). */
void weft_block_cache_drop(weft_block_cache *cache, int32_t source_id);

/* Evicts unpinned blocks, least recently used first, until at least `bytes` are given back. Returns false when there was
 * none. This is a weft_ledger_reclaim_fn, with the cache as payload. */
bool weft_block_cache_give_back(void *cache, int64_t bytes);

/* Sets the capacity. A smaller one evicts unpinned blocks at once. */
void weft_block_cache_set_capacity(weft_block_cache *cache, int64_t capacity_bytes);

typedef struct weft_block_cache_stats {
    int64_t hits, misses, evictions, bytes, blocks, waits; /* bytes and blocks: now; the others: so far */
    int64_t loaded_bytes; /* decoded so far, masks included; a block that is decoded twice counts twice */
} weft_block_cache_stats;
void weft_block_cache_read_stats(const weft_block_cache *cache, weft_block_cache_stats *out);

#endif
