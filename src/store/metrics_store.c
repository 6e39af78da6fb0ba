/* A ring that never makes anyone wait, and a thread that empties it in batches.
 *
 * SPDX-License-Identifier: MIT */
#include "store/metrics_store.h"

#include "core/files/output_file.h"
#include "core/log.h"
#include "core/text.h"
#include "store/metrics_writer.h"

#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CAPACITY 2048 /* records that wait */
#define BATCH    256  /* records in one transaction */
#define PAUSE_MS 200  /* at most this between transactions */
#define CLOSE_MS 5000 /* what is not written by then is lost */
#define AGAIN_MS 20   /* between two tries of a database that is locked: SQLite does not always wait by itself */

struct weft_metrics_store {
    char *path;
    const weft_cancel *cancel;   /* while it is opened */
    weft_metrics_writer *writer; /* the thread's, once it runs; NULL: not opened */
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    weft_metrics_row *ring[CAPACITY];
    int first, count;
    bool closing;
    bool kept;     /* a batch is in the database: the thread's, until it is joined */
    bool nameless; /* its experiment could not be noted: what is recorded of it belongs to none, and is lost */
    int64_t lost;
    struct timespec deadline; /* of closing */
};

static struct timespec in_ms(int64_t ms) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000L;
    }
    return at;
}

static bool has_passed(const struct timespec *at) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > at->tv_sec || (now.tv_sec == at->tv_sec && now.tv_nsec >= at->tv_nsec);
}

/* --- the thread --- */

/* Waits for something to write. The lock is held. */
static void wait_for_records(weft_metrics_store *store) {
    struct timespec until = in_ms(PAUSE_MS);
    while (!store->closing && store->count < BATCH)
        if (pthread_cond_timedwait(&store->changed, &store->lock, &until) == ETIMEDOUT) return;
}

static int take_batch(weft_metrics_store *store, weft_metrics_row **batch) {
    int count = store->count < BATCH ? store->count : BATCH;
    for (int i = 0; i < count; i++)
        batch[i] = store->ring[(store->first + i) % CAPACITY];
    store->first = (store->first + count) % CAPACITY;
    store->count -= count;
    return count;
}

/* Whether to try once more: as long as someone else has the database and there is time. */
static bool try_again(weft_metrics_store *store, const weft_error *err) {
    pthread_mutex_lock(&store->lock);
    bool late = store->closing && has_passed(&store->deadline);
    pthread_mutex_unlock(&store->lock);
    if (err->status == WEFT_ERR_BUSY && !late) {
        (void)nanosleep(&(struct timespec){.tv_nsec = AGAIN_MS * 1000000L}, NULL);
        return true;
    }
    weft_log(WEFT_LOG_WARNING, "metrics are lost: %s", err->message);
    return false;
}

/* Opens what was locked when the store was made. */
static bool open_late(weft_metrics_store *store) {
    while (store->writer == NULL) {
        weft_error err = {0};
        if (weft_metrics_writer_open(&store->writer, store->path, store->cancel, &err) != WEFT_OK &&
            !try_again(store, &err))
            return false;
    }
    return true;
}

static bool write_batch(weft_metrics_store *store, weft_metrics_row *const *batch, int count) {
    for (;;) {
        weft_error err = {0};
        if (weft_metrics_writer_write(store->writer, batch, count, &err) == WEFT_OK) return true;
        if (!try_again(store, &err)) return false;
    }
}

static void *write_records(void *payload) {
    weft_metrics_store *store = payload;
    weft_metrics_row *batch[BATCH];
    bool alive = open_late(store);
    for (bool more = true; more;) {
        pthread_mutex_lock(&store->lock);
        wait_for_records(store);
        int count = take_batch(store, batch);
        more = !store->closing || store->count > 0;
        pthread_mutex_unlock(&store->lock);
        if (count > 0 && alive) {
            alive = write_batch(store, batch, count);
            store->kept = store->kept || alive;
        }
        for (int i = 0; i < count; i++)
            free(batch[i]);
        if (alive) continue;
        pthread_mutex_lock(&store->lock);
        store->lost += count;
        pthread_mutex_unlock(&store->lock);
    }
    return NULL;
}

/* --- opening and closing --- */

static weft_status open_writer(weft_metrics_store *store, weft_error *err) {
    char *copy = weft_text_format("%s", store->path);
    if (copy == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to open it", store->path);
    weft_status status = weft_make_folders(dirname(copy), err);
    free(copy);
    if (status == WEFT_OK) status = weft_metrics_writer_open(&store->writer, store->path, store->cancel, err);
    return status;
}

static bool init_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    bool ok =
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return ok;
}

weft_status weft_metrics_store_open(weft_metrics_store **out, const char *path, const weft_cancel *cancel,
                                    weft_error *err) {
    weft_metrics_store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (store != NULL) store->path = weft_text_format("%s", path);
    if (store == NULL || store->path == NULL || pthread_mutex_init(&store->lock, NULL) != 0 ||
        !init_condition(&store->changed)) {
        if (store != NULL) free(store->path);
        free(store);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for the metrics store", path);
    }
    store->cancel = cancel;
    weft_error reason = {0};
    weft_status status = open_writer(store, &reason);
    if (status == WEFT_OK || status == WEFT_ERR_BUSY) {
        store->running = pthread_create(&store->thread, NULL, write_records, store) == 0;
        if (!store->running) weft_error_set(&reason, WEFT_ERR_INTERNAL, "its thread cannot be made");
    }
    if (!store->running) weft_log(WEFT_LOG_WARNING, "this run keeps no metrics: %s", reason.message);
    *out = store;
    return WEFT_OK;
}

bool weft_metrics_store_close(weft_metrics_store *store) {
    if (store == NULL) return false;
    if (store->running) {
        pthread_mutex_lock(&store->lock);
        store->closing = true;
        store->deadline = in_ms(CLOSE_MS);
        pthread_cond_broadcast(&store->changed);
        pthread_mutex_unlock(&store->lock);
        pthread_join(store->thread, NULL);
        if (store->lost > 0) weft_log(WEFT_LOG_WARNING, "%lld metrics records were lost", (long long)store->lost);
    }
    weft_metrics_writer_close(store->writer);
    pthread_cond_destroy(&store->changed);
    pthread_mutex_destroy(&store->lock);
    bool kept = store->kept;
    free(store->path);
    free(store);
    return kept;
}

int64_t weft_metrics_store_lost(const weft_metrics_store *store) {
    pthread_mutex_t *lock = (pthread_mutex_t *)&store->lock;
    pthread_mutex_lock(lock);
    int64_t lost = store->lost;
    pthread_mutex_unlock(lock);
    return lost;
}

/* --- records --- */

/* Takes the row over, or loses it: the ring is full, or there was no memory for it (NULL). The lock is held. */
static void push_locked(weft_metrics_store *store, weft_metrics_row *row) {
    if (row != NULL && store->running && !store->nameless && store->count < CAPACITY) {
        store->ring[(store->first + store->count++) % CAPACITY] = row;
        if (store->count >= BATCH) pthread_cond_signal(&store->changed);
        return;
    }
    store->lost++;
    free(row);
}

static void push(weft_metrics_store *store, weft_metrics_row *row) {
    pthread_mutex_lock(&store->lock);
    push_locked(store, row);
    pthread_mutex_unlock(&store->lock);
}

void weft_metrics_store_begin(weft_metrics_store *store, const weft_experiment_record *record) {
    weft_metrics_row *row = weft_metrics_row_begin(record);
    if (row == NULL) weft_log(WEFT_LOG_WARNING, "this run keeps no metrics: no memory for its record");
    pthread_mutex_lock(&store->lock);
    store->nameless = row == NULL;
    push_locked(store, row);
    pthread_mutex_unlock(&store->lock);
}

void weft_metrics_store_sample(weft_metrics_store *store, const weft_memory_sample *record) {
    push(store, weft_metrics_row_sample(record));
}

void weft_metrics_store_alert(weft_metrics_store *store, const weft_memory_alert *record) {
    push(store, weft_metrics_row_alert(record));
}

void weft_metrics_store_adaptation(weft_metrics_store *store, int64_t wall_ms, const weft_adaptation *adaptation) {
    push(store, weft_metrics_row_adaptation(wall_ms, adaptation));
}

void weft_metrics_store_stage(weft_metrics_store *store, const weft_stage_record *record) {
    push(store, weft_metrics_row_stage(record));
}

void weft_metrics_store_pool(weft_metrics_store *store, const weft_pool_record *record) {
    push(store, weft_metrics_row_pool(record));
}

void weft_metrics_store_operation(weft_metrics_store *store, const weft_operation_record *record) {
    push(store, weft_metrics_row_operation(record));
}

void weft_metrics_store_event(weft_metrics_store *store, int64_t wall_ms, const weft_event_record *record) {
    push(store, weft_metrics_row_event(wall_ms, record));
}

void weft_metrics_store_slow(weft_metrics_store *store, const weft_slow_record *record) {
    push(store, weft_metrics_row_slow(record));
}

void weft_metrics_store_chunk(weft_metrics_store *store, const weft_chunk_record *record) {
    push(store, weft_metrics_row_chunk(record));
}

void weft_metrics_store_metric(weft_metrics_store *store, const char *metric, double value) {
    push(store, weft_metrics_row_metric(metric, value));
}

void weft_metrics_store_verdict(weft_metrics_store *store, const weft_verdict_record *record) {
    push(store, weft_metrics_row_verdict(record));
}

void weft_metrics_store_metadata(weft_metrics_store *store, const char *json) {
    push(store, weft_metrics_row_metadata(json));
}

void weft_metrics_store_end(weft_metrics_store *store, int64_t wall_ms, weft_status status, int64_t rows,
                            int64_t peak_bytes, const char *message) {
    push(store, weft_metrics_row_end(wall_ms, status, rows, peak_bytes, message));
}
