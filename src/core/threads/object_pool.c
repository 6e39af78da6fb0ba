/* A stack: what was used last is used next, so that its state is warm. Objects are made and freed without the lock.
 *
 * SPDX-License-Identifier: MIT */
#include "core/threads/object_pool.h"

#include "core/grown_array.h"

#include <pthread.h>
#include <stdlib.h>

struct weft_object_pool {
    pthread_mutex_t lock;
    weft_object_make_fn make;
    weft_object_free_fn free_object;
    void *payload;
    void **idle;
    int idle_count, idle_capacity;
    weft_pool_stats stats;
};

weft_status weft_object_pool_new(weft_object_pool **out, weft_object_make_fn make, weft_object_free_fn free_object,
                                 void *payload, weft_error *err) {
    weft_object_pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (pool == NULL) return weft_error_no_memory(err, "a pool");
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return weft_error_no_memory(err, "a pool's lock");
    }
    pool->make = make;
    pool->free_object = free_object;
    pool->payload = payload;
    *out = pool;
    return WEFT_OK;
}

/* The lock is held. False: there is no room to keep it. */
static bool push(weft_object_pool *pool, void *object) {
    void **more = weft_grown_array(pool->idle, pool->idle_count, &pool->idle_capacity, sizeof *more);
    if (more == NULL) return false;
    pool->idle = more;
    pool->idle[pool->idle_count++] = object;
    return true;
}

weft_status weft_object_pool_acquire(weft_object_pool *pool, void **out, weft_error *err) {
    pthread_mutex_lock(&pool->lock);
    bool idle = pool->idle_count > 0;
    if (idle) {
        *out = pool->idle[--pool->idle_count];
        pool->stats.reused++;
        pool->stats.acquired++;
        pool->stats.in_use++;
    }
    pthread_mutex_unlock(&pool->lock);
    if (idle) return WEFT_OK;
    weft_status status = pool->make(pool->payload, out, err);
    if (status != WEFT_OK) return status;
    pthread_mutex_lock(&pool->lock);
    pool->stats.created++;
    pool->stats.acquired++;
    pool->stats.in_use++;
    pthread_mutex_unlock(&pool->lock);
    return WEFT_OK;
}

void weft_object_pool_release(weft_object_pool *pool, void *object) {
    pthread_mutex_lock(&pool->lock);
    pool->stats.released++;
    pool->stats.in_use--;
    bool kept = push(pool, object);
    pthread_mutex_unlock(&pool->lock);
    if (!kept) pool->free_object(object);
}

void weft_object_pool_discard(weft_object_pool *pool, void *object) {
    pthread_mutex_lock(&pool->lock);
    pool->stats.released++;
    pool->stats.in_use--;
    pthread_mutex_unlock(&pool->lock);
    pool->free_object(object);
}

void weft_object_pool_adopt(weft_object_pool *pool, void *object) {
    pthread_mutex_lock(&pool->lock);
    pool->stats.created++;
    bool kept = push(pool, object);
    pthread_mutex_unlock(&pool->lock);
    if (!kept) pool->free_object(object);
}

void weft_object_pool_free_idle(weft_object_pool *pool) {
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        void *object = pool->idle_count > 0 ? pool->idle[--pool->idle_count] : NULL;
        pthread_mutex_unlock(&pool->lock);
        if (object == NULL) return;
        pool->free_object(object);
    }
}

void weft_object_pool_read_stats(const weft_object_pool *pool, weft_pool_stats *out) {
    pthread_mutex_t *lock = (pthread_mutex_t *)&pool->lock;
    pthread_mutex_lock(lock);
    *out = pool->stats;
    out->available = pool->idle_count;
    pthread_mutex_unlock(lock);
}

void weft_pool_stats_add(weft_pool_stats *sum, const weft_pool_stats *one) {
    sum->created += one->created;
    sum->acquired += one->acquired;
    sum->released += one->released;
    sum->reused += one->reused;
    sum->in_use += one->in_use;
    sum->available += one->available;
}

void weft_object_pool_free(weft_object_pool *pool) {
    if (pool == NULL) return;
    weft_object_pool_free_idle(pool);
    pthread_mutex_destroy(&pool->lock);
    free(pool->idle);
    free(pool);
}
