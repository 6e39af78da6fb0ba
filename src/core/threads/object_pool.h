/* Objects that are expensive to make and are used by one thread at a time (GDAL handles, PROJ transforms). They are made
 * at first use, reused, and freed while idle.
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
/* Every object must have been released before. NULL is allowed. */
void weft_object_pool_free(weft_object_pool *pool);

/* Gives the idle object that was used last, or a new one. Any thread. Errors: those of making one. */
weft_status weft_object_pool_acquire(weft_object_pool *pool, void **out, weft_error *err);
/* Gives an object back. Any thread. */
void weft_object_pool_release(weft_object_pool *pool, void *object);
/* Gives back a broken or closed object: it is freed, and not reused. Any thread. */
void weft_object_pool_discard(weft_object_pool *pool, void *object);
/* Adds an object that was made elsewhere to the idle ones. Any thread. */
void weft_object_pool_adopt(weft_object_pool *pool, void *object);

/* Frees all idle objects. Any thread. */
void weft_object_pool_free_idle(weft_object_pool *pool);
void weft_object_pool_read_stats(const weft_object_pool *pool, weft_pool_stats *out);

/* Adds the counts of one pool to those of others. */
void weft_pool_stats_add(weft_pool_stats *sum, const weft_pool_stats *one);

#endif
