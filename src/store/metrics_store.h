/* The record of runs: one SQLite database, one writer thread, batches.
 *
 * A run never waits for it and never fails for it: records go into a bounded queue; when that is full, or the database
 * cannot be written, samples are lost and counted, with one warning.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_STORE_H
#define WEFT_STORE_METRICS_STORE_H

#include "core/cancel.h"
#include "store/metrics_records.h"

typedef struct weft_metrics_store weft_metrics_store;

/* Starts the writer thread; the file and its folder are made if missing, and migrated. It always gives a store: when
 * the database cannot be opened, one that loses everything, with a warning; when someone else has it locked, one that
 * goes on trying. `cancel` ends what takes long (an older database is brought up to date), may be NULL and outlives the
 * store. Errors: WEFT_ERR_MEMORY only. */
weft_status weft_metrics_store_open(weft_metrics_store **out, const char *path, const weft_cancel *cancel,
                                    weft_error *err);

/* Writes out the queue (for at most 5 s), joins the thread. Returns whether the database has any record of it. NULL is
 * fine: false. */
bool weft_metrics_store_close(weft_metrics_store *store);

/* All of these copy what they are given, never wait, and may be called from any thread. An
 * experiment that is begun again gets another run_id; its earlier runs stay. Where there is no memory to begin one, a
 * warning says so, and all that is recorded of it is lost. */
void weft_metrics_store_begin(weft_metrics_store *store, const weft_experiment_record *record);
void weft_metrics_store_sample(weft_metrics_store *store, const weft_memory_sample *record);
void weft_metrics_store_alert(weft_metrics_store *store, const weft_memory_alert *record);
void weft_metrics_store_adaptation(weft_metrics_store *store, int64_t wall_ms, const weft_adaptation *adaptation);
void weft_metrics_store_stage(weft_metrics_store *store, const weft_stage_record *record);
void weft_metrics_store_pool(weft_metrics_store *store, const weft_pool_record *record);
void weft_metrics_store_operation(weft_metrics_store *store, const weft_operation_record *record);
void weft_metrics_store_event(weft_metrics_store *store, int64_t wall_ms, const weft_event_record *record);
void weft_metrics_store_slow(weft_metrics_store *store, const weft_slow_record *record);
void weft_metrics_store_chunk(weft_metrics_store *store, const weft_chunk_record *record);
void weft_metrics_store_metric(weft_metrics_store *store, const char *metric, double value);
void weft_metrics_store_verdict(weft_metrics_store *store, const weft_verdict_record *record);
/* What stands in the metadata file. */
void weft_metrics_store_metadata(weft_metrics_store *store, const char *json);
/* message may be NULL. */
void weft_metrics_store_end(weft_metrics_store *store, int64_t wall_ms, weft_status status, int64_t rows,
                            int64_t peak_bytes, const char *message);

int64_t weft_metrics_store_lost(const weft_metrics_store *store);

#endif
