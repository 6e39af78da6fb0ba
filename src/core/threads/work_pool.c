/* One lock and two rings: urgent tasks and the others. Tasks are large (a window, a slice of rows), so that one lock is
 * taken some thousand times a second at the most.
 *
 * SPDX-License-Identifier: MIT */
#include "core/threads/work_pool.h"

#include <stdlib.h>
#include <string.h>

#define QUEUE_TASKS 256

typedef struct task {
    weft_task_fn fn;
    void *payload;
    weft_task_group *group;
} task;

typedef struct ring {
    task tasks[QUEUE_TASKS];
    int first, count;
} ring;

typedef struct thread_start {
    weft_work_pool *pool;
    int worker;
} thread_start;

struct weft_work_pool {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    ring rings[2]; /* by weft_task_priority */
    bool closing;
    int threads, started;
    pthread_t *ids;
    thread_start *starts;
};

static bool take(weft_work_pool *pool, task *out) {
    for (int priority = WEFT_TASK_URGENT; priority >= WEFT_TASK_NORMAL; priority--) {
        ring *queue = &pool->rings[priority];
        if (queue->count == 0) continue;
        *out = queue->tasks[queue->first];
        queue->first = (queue->first + 1) % QUEUE_TASKS;
        queue->count--;
        return true;
    }
    return false;
}

static void finish(weft_task_group *group, weft_status status, const weft_error *err) {
    pthread_mutex_lock(&group->lock);
    if (status != WEFT_OK && group->error.status == WEFT_OK) {
        group->error = *err;
        group->error.status = status;
    }
    if (--group->pending == 0) pthread_cond_broadcast(&group->changed);
    pthread_mutex_unlock(&group->lock);
}

static bool has_failed(weft_task_group *group) {
    pthread_mutex_lock(&group->lock);
    bool failed = group->error.status != WEFT_OK;
    pthread_mutex_unlock(&group->lock);
    return failed;
}

/* glibc 2.43 puts the first block of a thread into a new arena, however large it is, where it stays when it is freed: so the
 * first one is small. See core/memory/allocator.h. */
static void allocate_a_little(void) {
    void *volatile small = malloc(1); /* volatile: compilers leave out what is freed unused */
    free(small);
}

static void *work(void *argument) {
    const thread_start *start = argument;
    weft_work_pool *pool = start->pool;
    allocate_a_little();
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        task next;
        while (!take(pool, &next)) {
            if (pool->closing) {
                pthread_mutex_unlock(&pool->lock);
                return NULL;
            }
            pthread_cond_wait(&pool->not_empty, &pool->lock);
        }
        pthread_cond_signal(&pool->not_full);
        pthread_mutex_unlock(&pool->lock);
        weft_error err = {0};
        weft_status status = has_failed(next.group) ? WEFT_OK : next.fn(next.payload, start->worker, &err);
        finish(next.group, status, &err);
        pthread_mutex_lock(&pool->lock);
    }
}

weft_status weft_work_pool_new(weft_work_pool **out, int threads, weft_error *err) {
    weft_work_pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (pool == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %d worker threads", threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->not_empty, NULL);
    pthread_cond_init(&pool->not_full, NULL);
    pool->threads = threads;
    pool->ids = calloc((size_t)threads, sizeof *pool->ids);
    pool->starts = calloc((size_t)threads, sizeof *pool->starts);
    weft_status status = WEFT_OK;
    if (pool->ids == NULL || pool->starts == NULL)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %d worker threads", threads);
    for (int i = 0; i < threads && status == WEFT_OK; i++) {
        pool->starts[i] = (thread_start){pool, i};
        int failure = pthread_create(&pool->ids[i], NULL, work, &pool->starts[i]);
        if (failure == 0) {
            pool->started++;
        } else {
            status = weft_error_set_no_thread(err, failure, "worker");
        }
    }
    if (status != WEFT_OK) {
        weft_work_pool_free(pool);
        return status;
    }
    *out = pool;
    return WEFT_OK;
}

void weft_work_pool_free(weft_work_pool *pool) {
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->not_empty);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->ids[i], NULL);
    pthread_cond_destroy(&pool->not_full);
    pthread_cond_destroy(&pool->not_empty);
    pthread_mutex_destroy(&pool->lock);
    free(pool->ids);
    free(pool->starts);
    free(pool);
}

int weft_work_pool_threads(const weft_work_pool *pool) {
    return pool->threads;
}

weft_status weft_task_group_init(weft_task_group *group, weft_error *err) {
    memset(group, 0, sizeof *group);
    if (pthread_mutex_init(&group->lock, NULL) != 0 || pthread_cond_init(&group->changed, NULL) != 0)
        return weft_error_set(err, WEFT_ERR_INTERNAL, "cannot make a task group's lock");
    return WEFT_OK;
}

void weft_task_group_dispose(weft_task_group *group) {
    pthread_cond_destroy(&group->changed);
    pthread_mutex_destroy(&group->lock);
}

void weft_work_pool_submit(weft_work_pool *pool, weft_task_group *group, weft_task_priority priority, weft_task_fn fn,
                           void *payload) {
    pthread_mutex_lock(&group->lock);
    group->pending++;
    pthread_mutex_unlock(&group->lock);
    pthread_mutex_lock(&pool->lock);
    ring *queue = &pool->rings[priority];
    while (queue->count == QUEUE_TASKS)
        pthread_cond_wait(&pool->not_full, &pool->lock);
    queue->tasks[(queue->first + queue->count) % QUEUE_TASKS] = (task){fn, payload, group};
    queue->count++;
    pthread_cond_signal(&pool->not_empty);
    pthread_mutex_unlock(&pool->lock);
}

weft_status weft_task_group_wait(weft_task_group *group, weft_error *err) {
    pthread_mutex_lock(&group->lock);
    while (group->pending > 0)
        pthread_cond_wait(&group->changed, &group->lock);
    weft_status status = group->error.status;
    if (status != WEFT_OK && err != NULL) *err = group->error;
    group->error = (weft_error){0};
    pthread_mutex_unlock(&group->lock);
    return status;
}
