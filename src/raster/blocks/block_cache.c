/* A hash table of blocks, threaded by a list in order of last use. One lock guards both; it is never held while a block
 * is decoded, so a slow read stops only those who wait for that very block.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/blocks/block_cache.h"

#include "core/memory/buffer.h"
#include "core/threads/activity.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096 /* a power of two */

typedef struct entry entry;
struct entry {
    weft_block_key key;
    entry *next_in_bucket;
    entry *newer, *older; /* in the list of unpinned blocks; NULL at its ends */
    weft_buffer values;
    weft_buffer mask; /* empty where it fits after the values, or where nothing is missing */
    uint8_t *valid;   /* NULL: nothing is missing */
    int pins;
    bool loading, failed, listed;
};

struct weft_block_cache {
    pthread_mutex_t lock;
    pthread_cond_t loaded;
    weft_ledger *ledger;
    entry *buckets[BUCKETS];
    entry *newest, *oldest; /* of the unpinned */
    _Atomic int64_t capacity_bytes;
    int64_t bytes, blocks; /* all entries, pinned too */
    int64_t hits, misses, evictions, waits, loaded_bytes;
    _Atomic int32_t next_source_id;
};

weft_status weft_block_cache_new(weft_block_cache **out, weft_ledger *ledger, int64_t capacity_bytes, weft_error *err) {
    weft_block_cache *cache = calloc(1, sizeof *cache);
    *out = NULL;
    if (cache == NULL) return weft_error_no_memory(err, "the block cache");
    if (pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return weft_error_set(err, WEFT_ERR_INTERNAL, "cannot make the block cache's lock");
    }
    if (pthread_cond_init(&cache->loaded, NULL) != 0) {
        pthread_mutex_destroy(&cache->lock);
        free(cache);
        return weft_error_set(err, WEFT_ERR_INTERNAL, "cannot make the block cache's lock");
    }
    cache->ledger = ledger;
    atomic_init(&cache->capacity_bytes, capacity_bytes);
    *out = cache;
    return WEFT_OK;
}

int32_t weft_block_cache_new_source_id(weft_block_cache *cache) {
    return atomic_fetch_add(&cache->next_source_id, 1);
}

static bool same_key(weft_block_key a, weft_block_key b) {
    return a.source_id == b.source_id && a.band == b.band && a.block_col == b.block_col && a.block_row == b.block_row;
}

static entry **bucket_of(weft_block_cache *cache, weft_block_key key) {
    uint64_t hash = (uint64_t)(uint32_t)key.block_col | (uint64_t)(uint32_t)key.block_row << 32;
    hash ^= (uint64_t)(uint32_t)key.source_id << 20 ^ (uint64_t)(uint32_t)key.band << 44;
    hash *= UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing, Knuth volume 3, 6.4 */
    return &cache->buckets[hash >> 52 & (BUCKETS - 1)];
}

static entry *find(weft_block_cache *cache, weft_block_key key) {
    for (entry *at = *bucket_of(cache, key); at != NULL; at = at->next_in_bucket)
        if (same_key(at->key, key)) return at;
    return NULL;
}

static void unlist(weft_block_cache *cache, entry *block) {
    if (!block->listed) return;
    *(block->newer != NULL ? &block->newer->older : &cache->newest) = block->older;
    *(block->older != NULL ? &block->older->newer : &cache->oldest) = block->newer;
    block->newer = block->older = NULL;
    block->listed = false;
}

static void list_newest(weft_block_cache *cache, entry *block) {
    block->older = cache->newest;
    *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = block;
    cache->newest = block;
    block->listed = true;
}

static void unhash(weft_block_cache *cache, const entry *block) {
    for (entry **link = bucket_of(cache, block->key); *link != NULL; link = &(*link)->next_in_bucket) {
        if (*link != block) continue;
        *link = block->next_in_bucket;
        return;
    }
}

static void destroy(weft_block_cache *cache, entry *block) {
    cache->bytes -= block->values.bytes + block->mask.bytes;
    cache->blocks--;
    weft_buffer_release(&block->values);
    weft_buffer_release(&block->mask);
    free(block);
}

/* An unpinned block. */
static void discard(weft_block_cache *cache, entry *block) {
    unlist(cache, block);
    unhash(cache, block);
    destroy(cache, block);
}

static bool evict_oldest(weft_block_cache *cache) {
    if (cache->oldest == NULL) return false;
    discard(cache, cache->oldest);
    cache->evictions++;
    return true;
}

/* Finds room for a block's values or mask. Evicts for the capacity, then for the ledger; when nothing is left to evict,
 * a block that is `needed` is what its reader cannot do without. The pages of the blocks that went are used again. */
static weft_status make_room(weft_block_cache *cache, weft_buffer *memory, int64_t bytes, bool needed,
                             weft_error *err) {
    while (cache->bytes + bytes > atomic_load(&cache->capacity_bytes) && evict_oldest(cache)) {
    }
    weft_status status;
    do {
        status = weft_buffer_reserve(memory, cache->ledger, WEFT_TAG_BLOCK_CACHE, bytes, NULL);
    } while (status != WEFT_OK && evict_oldest(cache));
    if (status != WEFT_OK && needed)
        status = weft_buffer_reserve_min(memory, cache->ledger, WEFT_TAG_BLOCK_CACHE, bytes, err);
    cache->bytes += memory->bytes;
    return status;
}

/* A new entry with room for its pixels, in the table, not listed. */
static weft_status insert(weft_block_cache *cache, weft_block_key key, int64_t value_bytes, int64_t mask_bytes,
                          bool needed, entry **out, weft_error *err) {
    entry *block = calloc(1, sizeof *block);
    if (block == NULL) return weft_error_no_memory(err, "a source block");
    cache->blocks++;
    weft_status status = make_room(cache, &block->values, value_bytes, needed, err);
    bool fits = value_bytes + mask_bytes <= block->values.bytes;
    if (status == WEFT_OK && !fits) status = make_room(cache, &block->mask, mask_bytes, needed, err);
    if (status != WEFT_OK) {
        destroy(cache, block);
        return status;
    }
    block->key = key;
    block->valid = fits ? (uint8_t *)block->values.data + value_bytes : block->mask.data;
    entry **bucket = bucket_of(cache, key);
    block->next_in_bucket = *bucket;
    *bucket = block;
    *out = block;
    return WEFT_OK;
}

static void unpin(weft_block_cache *cache, entry *block) {
    if (--block->pins > 0) return;
    list_newest(cache, block);
    while (cache->bytes > atomic_load(&cache->capacity_bytes) && evict_oldest(cache)) {
    }
}

/* Most blocks miss nothing: what their masks would take is better had by other blocks. */
static void drop_mask(weft_block_cache *cache, entry *block) {
    cache->bytes -= block->mask.bytes;
    weft_buffer_release(&block->mask);
    block->valid = NULL;
}

/* A block whose load fails leaves the table at once, so that the next asker tries again; it lives until the last of
 * those who waited for it has seen the failure. */
static weft_status load_into(weft_block_cache *cache, entry *block, weft_block_load_fn load, void *payload,
                             weft_error *err) {
    bool any_missing = false;
    block->loading = true;
    pthread_mutex_unlock(&cache->lock);
    weft_status status = load(payload, block->key, block->values.data, block->valid, &any_missing, err);
    pthread_mutex_lock(&cache->lock);
    block->loading = false;
    block->failed = status != WEFT_OK;
    if (!block->failed && !any_missing) drop_mask(cache, block);
    pthread_cond_broadcast(&cache->loaded);
    if (block->failed) {
        unhash(cache, block);
        if (--block->pins == 0) destroy(cache, block);
    }
    return status;
}

/* Pins a block that is in the table and waits until it is loaded; false when its load failed. */
static bool join(weft_block_cache *cache, entry *block) {
    unlist(cache, block);
    block->pins++;
    if (block->loading) {
        weft_activity_inner waiting = weft_activity_enter_inner(WEFT_OPERATION_WAIT_FOR_BLOCK);
        cache->waits++;
        while (block->loading)
            pthread_cond_wait(&cache->loaded, &cache->lock);
        weft_activity_leave_inner(waiting);
    }
    if (!block->failed) return true;
    if (--block->pins == 0) destroy(cache, block);
    return false;
}

weft_status weft_block_cache_acquire(weft_block_cache *cache, weft_block_key key, int64_t value_bytes,
                                     int64_t mask_bytes, weft_block_load_fn load, void *payload, weft_block *out,
                                     weft_error *err) {
    weft_status status = WEFT_OK;
    pthread_mutex_lock(&cache->lock);
    entry *block = find(cache, key);
    while (block != NULL && !join(cache, block))
        block = find(cache, key);
    if (block != NULL) {
        cache->hits++;
    } else {
        cache->misses++;
        status = insert(cache, key, value_bytes, mask_bytes, true, &block, err);
        if (status == WEFT_OK) {
            block->pins = 1;
            status = load_into(cache, block, load, payload, err);
            if (status == WEFT_OK) cache->loaded_bytes += value_bytes + mask_bytes;
        }
    }
    if (status == WEFT_OK) *out = (weft_block){block->values.data, block->valid};
    pthread_mutex_unlock(&cache->lock);
    return status;
}

void weft_block_cache_release(weft_block_cache *cache, weft_block_key key) {
    pthread_mutex_lock(&cache->lock);
    entry *block = find(cache, key);
    if (block != NULL && block->pins > 0) unpin(cache, block);
    pthread_mutex_unlock(&cache->lock);
}

void weft_block_cache_offer(weft_block_cache *cache, weft_block_key key, int64_t value_bytes, int64_t mask_bytes,
                            weft_block_load_fn load, void *payload) {
    entry *block = NULL;
    pthread_mutex_lock(&cache->lock);
    if (find(cache, key) == NULL && value_bytes + mask_bytes <= atomic_load(&cache->capacity_bytes) &&
        insert(cache, key, value_bytes, mask_bytes, false, &block, NULL) == WEFT_OK) {
        block->pins = 1;
        if (load_into(cache, block, load, payload, NULL) == WEFT_OK) {
            cache->loaded_bytes += value_bytes + mask_bytes;
            unpin(cache, block);
        }
    }
    pthread_mutex_unlock(&cache->lock);
}

bool weft_block_cache_has(weft_block_cache *cache, weft_block_key key) {
    pthread_mutex_lock(&cache->lock);
    bool has = find(cache, key) != NULL;
    pthread_mutex_unlock(&cache->lock);
    return has;
}

bool weft_block_cache_is_loading(weft_block_cache *cache, weft_block_key key) {
    pthread_mutex_lock(&cache->lock);
    const entry *block = find(cache, key);
    bool is_loading = block != NULL && block->loading;
    pthread_mutex_unlock(&cache->lock);
    return is_loading;
}

void weft_block_cache_drop(weft_block_cache *cache, int32_t source_id) {
    pthread_mutex_lock(&cache->lock);
    for (entry *block = cache->oldest, *next; block != NULL; block = next) {
        next = block->newer;
        if (source_id < 0 || block->key.source_id == source_id) {
            discard(cache, block);
            cache->evictions++;
        }
    }
    pthread_mutex_unlock(&cache->lock);
}

void weft_block_cache_set_capacity(weft_block_cache *cache, int64_t capacity_bytes) {
    pthread_mutex_lock(&cache->lock);
    atomic_store(&cache->capacity_bytes, capacity_bytes);
    while (cache->bytes > capacity_bytes && evict_oldest(cache)) {
    }
    pthread_mutex_unlock(&cache->lock);
}

bool weft_block_cache_give_back(void *cache_pointer, int64_t bytes) {
    weft_block_cache *cache = cache_pointer;
    pthread_mutex_lock(&cache->lock);
    int64_t before = cache->bytes;
    while (before - cache->bytes < bytes && evict_oldest(cache)) {
    }
    int64_t given = before - cache->bytes;
    pthread_mutex_unlock(&cache->lock);
    return given > 0;
}

void weft_block_cache_read_stats(const weft_block_cache *cache, weft_block_cache_stats *out) {
    pthread_mutex_t *lock = (pthread_mutex_t *)&cache->lock;
    pthread_mutex_lock(lock);
    *out = (weft_block_cache_stats){cache->hits,   cache->misses, cache->evictions,   cache->bytes,
                                    cache->blocks, cache->waits,  cache->loaded_bytes};
    pthread_mutex_unlock(lock);
}

void weft_block_cache_free(weft_block_cache *cache) {
    if (cache == NULL) return;
    for (int i = 0; i < BUCKETS; i++)
        while (cache->buckets[i] != NULL)
            discard(cache, cache->buckets[i]);
    pthread_cond_destroy(&cache->loaded);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}
