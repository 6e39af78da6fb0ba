/* SPDX-License-Identifier: MIT
 *
 * Files go in batches, so that threads do not meet once a file. */
#include "pipeline/catalog/scan_openers.h"

#include "core/threads/work_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_FILES    16
#define BATCHES_THREAD 4

typedef enum batch_state { EMPTY, FILLING, OPENING, OPENED } batch_state;

typedef struct batch {
    weft_scan_openers *openers;
    batch_state state; /* under the lock */
    weft_scan_file files[BATCH_FILES];
    int count;
    weft_error error;
} batch;

struct weft_scan_openers {
    weft_work_pool *pool;
    weft_task_group group;
    weft_header_reader **readers; /* of the threads */
    const char *pattern;
    pthread_mutex_t lock;
    pthread_cond_t opened;
    batch *batches;
    int batch_count;
    batch *filling; /* NULL: none */
};

static weft_status open_batch(void *payload, int worker, weft_error *err) {
    batch *of = payload;
    weft_scan_openers *openers = of->openers;
    weft_status status = WEFT_OK;
    if (openers->readers[worker] == NULL)
        status = weft_header_reader_new(&openers->readers[worker], openers->pattern, err);
    for (int i = 0; i < of->count && status == WEFT_OK; i++)
        status = weft_raster_header_read(&of->files[i].header, openers->readers[worker], of->files[i].path,
                                         of->files[i].siblings, err);
    if (status != WEFT_OK) of->error = *err;
    (void)pthread_mutex_lock(&openers->lock);
    of->state = OPENED;
    (void)pthread_cond_signal(&openers->opened);
    (void)pthread_mutex_unlock(&openers->lock);
    return WEFT_OK; /* the error goes with the batch */
}

weft_status weft_scan_openers_new(weft_scan_openers **out, int threads, const char *pattern, weft_error *err) {
    weft_scan_openers *openers = calloc(1, sizeof *openers);
    *out = NULL;
    if (openers == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to open files");
    (void)pthread_mutex_init(&openers->lock, NULL);
    (void)pthread_cond_init(&openers->opened, NULL);
    openers->pattern = pattern;
    openers->batch_count = threads * BATCHES_THREAD;
    openers->batches = calloc((size_t)openers->batch_count, sizeof *openers->batches);
    openers->readers = calloc((size_t)threads, sizeof *openers->readers);
    weft_status status = openers->batches == NULL || openers->readers == NULL
                             ? weft_error_set(err, WEFT_ERR_MEMORY, "no memory to open files")
                             : weft_task_group_init(&openers->group, err);
    if (status == WEFT_OK) {
        status = weft_work_pool_new(&openers->pool, threads, err);
        if (status != WEFT_OK) weft_task_group_dispose(&openers->group);
    }
    for (int i = 0; i < openers->batch_count && status == WEFT_OK; i++)
        openers->batches[i].openers = openers;
    if (status == WEFT_OK)
        *out = openers;
    else
        weft_scan_openers_free(openers);
    return status;
}

static void dispose_file(weft_scan_file *file) {
    weft_raster_header_dispose(&file->header);
    weft_scan_folder_release(file->folder);
    free(file->siblings);
    free(file->path);
    *file = (weft_scan_file){0};
}

void weft_scan_openers_free(weft_scan_openers *openers) {
    if (openers == NULL) return;
    if (openers->pool != NULL) {
        int threads = weft_work_pool_threads(openers->pool);
        weft_work_pool_free(openers->pool);
        weft_task_group_dispose(&openers->group);
        for (int i = 0; i < threads; i++)
            weft_header_reader_free(openers->readers[i]);
    }
    for (int i = 0; i < openers->batch_count && openers->batches != NULL; i++)
        for (int k = 0; k < openers->batches[i].count; k++)
            dispose_file(&openers->batches[i].files[k]);
    (void)pthread_cond_destroy(&openers->opened);
    (void)pthread_mutex_destroy(&openers->lock);
    free(openers->batches);
    free(openers->readers);
    free(openers);
}

weft_scan_file *weft_scan_openers_place(weft_scan_openers *openers) {
    if (openers->filling == NULL) {
        (void)pthread_mutex_lock(&openers->lock);
        for (int i = 0; i < openers->batch_count && openers->filling == NULL; i++)
            if (openers->batches[i].state == EMPTY) openers->filling = &openers->batches[i];
        if (openers->filling != NULL) openers->filling->state = FILLING;
        (void)pthread_mutex_unlock(&openers->lock);
    }
    return openers->filling == NULL ? NULL : &openers->filling->files[openers->filling->count];
}

void weft_scan_openers_give(weft_scan_openers *openers, weft_scan_file *file) {
    (void)file;
    if (++openers->filling->count == BATCH_FILES) weft_scan_openers_flush(openers);
}

void weft_scan_openers_flush(weft_scan_openers *openers) {
    batch *of = openers->filling;
    if (of == NULL || of->count == 0) return;
    openers->filling = NULL;
    (void)pthread_mutex_lock(&openers->lock);
    of->state = OPENING;
    (void)pthread_mutex_unlock(&openers->lock);
    weft_work_pool_submit(openers->pool, &openers->group, WEFT_TASK_NORMAL, open_batch, of);
}

/* A batch that is opened, or NULL; whether any is on its way. */
static batch *find_opened(weft_scan_openers *openers, bool *any) {
    batch *found = NULL;
    *any = false;
    for (int i = 0; i < openers->batch_count; i++) {
        batch_state state = openers->batches[i].state;
        *any = *any || state == OPENING || state == OPENED;
        if (state == OPENED && found == NULL) found = &openers->batches[i];
    }
    return found;
}

static batch *wait_for_opened(weft_scan_openers *openers, int wait_ms, bool *any) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)wait_ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&openers->lock);
    batch *found = find_opened(openers, any);
    int code = 0;
    while (found == NULL && *any && wait_ms > 0 && code != ETIMEDOUT) {
        code = pthread_cond_timedwait(&openers->opened, &openers->lock, &until);
        found = find_opened(openers, any);
    }
    (void)pthread_mutex_unlock(&openers->lock);
    return found;
}

weft_status weft_scan_openers_take(weft_scan_openers *openers, int wait_ms,
                                   weft_status (*fn)(void *payload, weft_scan_file *file, weft_error *err),
                                   void *payload, bool *idle, weft_error *err) {
    weft_status status = WEFT_OK;
    bool any = false;
    for (batch *of; status == WEFT_OK && (of = wait_for_opened(openers, wait_ms, &any)) != NULL; wait_ms = 0) {
        status = of->error.status;
        if (status != WEFT_OK) *err = of->error;
        for (int i = 0; i < of->count; i++) {
            if (status == WEFT_OK) status = fn(payload, &of->files[i], err);
            dispose_file(&of->files[i]);
        }
        of->count = 0;
        (void)pthread_mutex_lock(&openers->lock);
        of->state = EMPTY;
        (void)pthread_mutex_unlock(&openers->lock);
    }
    *idle = !any;
    return status;
}
