/* Things that are dear to make and belong to one thread at a time: made at first use, reused, freed when idle.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_OBJECT_POOL_H
#define WEFT_CORE_OBJECT_POOL_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_object_pool weft_object_pool;

/* Counts, for v_pools. available: idle now. */
typedef struct weft_pool_stats {
    int64_t created, acquired, released, reused, in_use, available;
} weft_pool_stats;

/* Called without a lock held, on the thread that asked. */
typedef weft_status (*weft_object_make_fn)(void *payload, void **out, weft_error *err);
typedef void (*weft_object_free_fn)(void *object);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_object_pool_new(weft_object_pool **out, weft_object_make_fn make, weft_object_free_fn free_object,
                                 void *payload, weft_error *err);
/* Every object is released. NULL is fine. */
void weft_object_pool_free(weft_object_pool *pool);

/* An idle object, the one used last, or a new one. Any thread. Errors: those of making one. */
weft_status weft_object_pool_acquire(weft_object_pool *pool, void **out, weft_error *err);
/* Gives an object back. Any thread. */
void weft_object_pool_release(weft_object_pool *pool, void *object);
/* Gives an object back that is of no use any more: it is freed. Any thread. */
void weft_object_pool_discard(weft_object_pool *pool, void *object);
/* Takes over an object made elsewhere, as created and idle. Any thread. */
void weft_object_pool_adopt(weft_object_pool *pool, void *object);

/* Frees what nobody uses. Any thread. */
void weft_object_pool_free_idle(weft_object_pool *pool);
void weft_object_pool_read_stats(const weft_object_pool *pool, weft_pool_stats *out);

/* Adds the counts of one pool to those of others. */
void weft_pool_stats_add(weft_pool_stats *sum, const weft_pool_stats *one);

#endif
