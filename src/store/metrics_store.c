/* A ring that never makes anyone wait, and a thread that empties it in batches.
 *
 * SPDX-License-Identifier: MIT */
#include "store/metrics_store.h"

#include "core/files/output_file.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads/deadline.h"
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

/* --- the thread --- */

/* Waits for something to write. The lock is held. */
static void wait_for_records(weft_metrics_store *store) {
    struct timespec until = weft_deadline_in_ms(PAUSE_MS);
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
    bool late = store->closing && weft_deadline_has_passed(&store->deadline);
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

weft_status weft_metrics_store_open(weft_metrics_store **out, const char *path, const weft_cancel *cancel,
                                    weft_error *err) {
    weft_metrics_store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (store != NULL) store->path = weft_text_format("%s", path);
    if (store == NULL || store->path == NULL || pthread_mutex_init(&store->lock, NULL) != 0 ||
        !weft_deadline_condition_init(&store->changed)) {
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
        store->deadline = weft_deadline_in_ms(CLOSE_MS);
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

static void add(weft_metrics_store *store, weft_metrics_row_kind kind, weft_sql_values values) {
    weft_metrics_row *row = weft_metrics_row_new(kind, values);
    pthread_mutex_lock(&store->lock);
    push_locked(store, row);
    pthread_mutex_unlock(&store->lock);
}

static weft_sql_value stage_name(weft_stage_id stage) {
    return weft_sql_string(weft_stage_name(stage));
}

void weft_metrics_store_begin(weft_metrics_store *store, const weft_experiment_record *record) {
    weft_metrics_row *row = weft_metrics_row_new(
        WEFT_ROW_BEGIN, WEFT_SQL_VALUES(weft_sql_string(record->experiment_id), weft_sql_integer(record->started_ms),
                                        weft_sql_string(record->config_file), weft_sql_string(record->config_text),
                                        weft_sql_string(record->weft_version), weft_sql_string(record->mode),
                                        weft_sql_integer(record->limit_bytes), weft_sql_integer(record->threads),
                                        weft_sql_integer(record->grid_cols), weft_sql_integer(record->grid_rows),
                                        weft_sql_integer(record->layers), weft_sql_real(record->warning_percent),
                                        weft_sql_real(record->critical_percent), weft_sql_string(record->command),
                                        weft_sql_string(record->plan_json)));
    if (row == NULL) weft_log(WEFT_LOG_WARNING, "this run keeps no metrics: no memory for its record");
    pthread_mutex_lock(&store->lock);
    store->nameless = row == NULL;
    push_locked(store, row);
    pthread_mutex_unlock(&store->lock);
}

void weft_metrics_store_sample(weft_metrics_store *store, const weft_memory_sample *record) {
    const int64_t *held = record->held_bytes;
    add(store, WEFT_ROW_SAMPLE,
        WEFT_SQL_VALUES(
            weft_sql_integer(record->wall_ms), stage_name(record->stage),
            weft_sql_string(weft_operation_name(record->operation)), weft_sql_integer(record->resident_bytes),
            weft_sql_integer(record->anonymous_bytes), weft_sql_integer(record->ledger_bytes),
            weft_sql_real(record->usage_percent), weft_sql_real(record->system_percent), weft_sql_string(record->probe),
            weft_sql_integer(held[WEFT_TAG_PATCH] + held[WEFT_TAG_LATTICE]),
            weft_sql_integer(held[WEFT_TAG_BLOCK_CACHE]), weft_sql_integer(held[WEFT_TAG_DECODER]),
            weft_sql_integer(held[WEFT_TAG_LAYER]), weft_sql_integer(held[WEFT_TAG_CHUNK]),
            weft_sql_integer(held[WEFT_TAG_TEXT]), weft_sql_integer(held[WEFT_TAG_OTHER] + record->kept_bytes)));
}

void weft_metrics_store_alert(weft_metrics_store *store, const weft_memory_alert *record) {
    add(store, WEFT_ROW_ALERT,
        WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), weft_sql_string(weft_pressure_level_name(record->level)),
                        weft_sql_real(record->usage_percent), weft_sql_string(record->probe), stage_name(record->stage),
                        weft_sql_integer(record->resident_bytes), weft_sql_integer(record->limit_bytes)));
}

void weft_metrics_store_adaptation(weft_metrics_store *store, int64_t wall_ms, const weft_adaptation *adaptation) {
    add(store, WEFT_ROW_ADAPTATION,
        WEFT_SQL_VALUES(weft_sql_integer(wall_ms), stage_name(adaptation->stage),
                        weft_sql_string(adaptation->parameter), weft_sql_integer(adaptation->old_value),
                        weft_sql_integer(adaptation->new_value),
                        weft_sql_string(weft_pressure_level_name(adaptation->level)),
                        weft_sql_real(adaptation->usage_percent), weft_sql_string(adaptation->reason)));
}

void weft_metrics_store_stage(weft_metrics_store *store, const weft_stage_record *record) {
    add(store, WEFT_ROW_STAGE,
        WEFT_SQL_VALUES(stage_name(record->stage), weft_sql_integer(record->started_ms), weft_sql_real(record->seconds),
                        weft_sql_integer(record->items), weft_sql_real(record->average_bytes),
                        weft_sql_integer(record->peak_bytes), weft_sql_string(weft_status_name(record->status))));
}

void weft_metrics_store_pool(weft_metrics_store *store, const weft_pool_record *record) {
    add(store, WEFT_ROW_POOL,
        WEFT_SQL_VALUES(weft_sql_string(record->pool), weft_sql_integer(record->created),
                        weft_sql_integer(record->acquired), weft_sql_integer(record->released),
                        weft_sql_integer(record->reused), weft_sql_integer(record->in_use),
                        weft_sql_integer(record->available)));
}

void weft_metrics_store_operation(weft_metrics_store *store, const weft_operation_record *record) {
    add(store, WEFT_ROW_OPERATION,
        WEFT_SQL_VALUES(stage_name(record->stage), weft_sql_string(weft_operation_name(record->operation)),
                        weft_sql_integer(record->calls), weft_sql_real(record->seconds),
                        weft_sql_real(record->longest_seconds), weft_sql_real(record->p50_seconds),
                        weft_sql_real(record->p95_seconds), weft_sql_integer(record->slow_calls)));
}

void weft_metrics_store_event(weft_metrics_store *store, int64_t wall_ms, const weft_event_record *record) {
    static const char *const kinds[] = {
        [WEFT_EVENT_RETRY] = "retry", [WEFT_EVENT_SKIP] = "skip", [WEFT_EVENT_FALLBACK] = "fallback"};
    add(store, WEFT_ROW_EVENT,
        WEFT_SQL_VALUES(weft_sql_integer(wall_ms), weft_sql_string(kinds[record->kind]),
                        weft_sql_string(record->subject), weft_sql_integer(record->count),
                        weft_sql_string(record->detail)));
}

void weft_metrics_store_slow(weft_metrics_store *store, const weft_slow_record *record) {
    add(store, WEFT_ROW_SLOW,
        WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), stage_name(record->stage),
                        weft_sql_string(weft_operation_name(record->operation)), weft_sql_real(record->seconds),
                        weft_sql_string(record->subject), weft_sql_integer(record->is_slow)));
}

void weft_metrics_store_chunk(weft_metrics_store *store, const weft_chunk_record *record) {
    add(store, WEFT_ROW_CHUNK,
        WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), weft_sql_integer(record->first_row),
                        weft_sql_integer(record->first_col), weft_sql_integer(record->rows),
                        weft_sql_integer(record->cols), weft_sql_real(record->fill_seconds),
                        weft_sql_real(record->write_seconds)));
}

void weft_metrics_store_metric(weft_metrics_store *store, const char *metric, double value) {
    add(store, WEFT_ROW_METRIC, WEFT_SQL_VALUES(weft_sql_string(metric), weft_sql_real(value)));
}

void weft_metrics_store_verdict(weft_metrics_store *store, const weft_verdict_record *record) {
    add(store, WEFT_ROW_VERDICT,
        WEFT_SQL_VALUES(weft_sql_string(record->bound_by), weft_sql_string(record->verdict),
                        weft_sql_integer(record->enough_bytes)));
}

void weft_metrics_store_metadata(weft_metrics_store *store, const char *json) {
    add(store, WEFT_ROW_METADATA, WEFT_SQL_VALUES(weft_sql_string(json)));
}

void weft_metrics_store_end(weft_metrics_store *store, int64_t wall_ms, weft_status status, int64_t rows,
                            int64_t peak_bytes, const char *message) {
    add(store, WEFT_ROW_END,
        WEFT_SQL_VALUES(weft_sql_integer(wall_ms), weft_sql_string(weft_status_name(status)), weft_sql_string(message),
                        weft_sql_integer(rows), weft_sql_integer(peak_bytes)));
}
