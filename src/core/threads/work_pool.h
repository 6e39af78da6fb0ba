/* A fixed set of worker threads that take tasks from one bounded queue, filled by one thread.
 *
 * Tasks belong to a group; whoever made the group waits for it and gets the first error. A task of a group that has
 * failed is not run. Urgent tasks are taken before others, so that what frees memory goes first.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_WORK_POOL_H
#define WEFT_CORE_WORK_POOL_H

#include "core/status.h"

#include <pthread.h>
#include <stdint.h>

typedef struct weft_work_pool weft_work_pool;

/* `worker` counts from 0 and names the thread: per-worker scratch is indexed by it. */
typedef weft_status (*weft_task_fn)(void *payload, int worker, weft_error *err);

typedef struct weft_task_group {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t pending;
    weft_error error; /* the first failure; status WEFT_OK until then */
} weft_task_group;

typedef enum weft_task_priority { WEFT_TASK_NORMAL, WEFT_TASK_URGENT } weft_task_priority;

/* threads >= 1. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL (a thread cannot be made). */
weft_status weft_work_pool_new(weft_work_pool **out, int threads, weft_error *err);

/* Runs all queued tasks, then joins the threads. */
void weft_work_pool_free(weft_work_pool *pool);
int weft_work_pool_threads(const weft_work_pool *pool);

weft_status weft_task_group_init(weft_task_group *group, weft_error *err);
/* No task of it may be pending. */
void weft_task_group_dispose(weft_task_group *group);

/* Queues fn(payload), and waits while the queue is full. `payload` must live until the group is waited for.
 *
 * thread  one at a time, and not a worker: a free slot wakes one waiting thread, whatever its priority, so a second one
 *         could wait for ever */
void weft_work_pool_submit(weft_work_pool *pool, weft_task_group *group, weft_task_priority priority, weft_task_fn fn,
                           void *payload);

/* Waits until every task of the group has ended; returns the first failure. The group can be used again afterwards. */
weft_status weft_task_group_wait(weft_task_group *group, weft_error *err);

#endif
