/* The parts of a run, made in this order and disposed in reverse: plan, metrics store, memory watch, adaptive sizes,
 * workers, layers, the table's format. The outputs are apart (run_outputs.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_PARTS_H
#define WEFT_PIPELINE_RUN_PARTS_H

#include "monitors/performance_monitor.h"
#include "pipeline/outputs/run_table.h"
#include "pipeline/run/memory_watch.h"
#include "pipeline/run/run_layers.h"
#include "pipeline/run/run_options.h"
#include "stages/chunk_columns.h"
#include "stages/context/worker.h"
#include "store/metrics_store.h"

/* Zero-initialised but for the first three. Must not move once it is built. The coordinating thread. */
typedef struct weft_run_parts {
    const weft_config *config; /* borrowed, as the options */
    const weft_run_options *options;
    int64_t started_ms; /* of the wall clock */
    weft_activity activity;
    weft_performance_monitor performance;
    weft_context context;
    weft_block_cache *cache;
    weft_plan *plan; /* NULL: there is none yet, nor anything below */
    weft_metrics_store *store;
    bool kept_metrics; /* once disposed of: the store had a record of it written */
    weft_memory_watch watch;
    weft_adaptive_size window_size, chunk_size;
    _Atomic int64_t adaptations; /* sizes changed under pressure, so far */
    weft_worker *workers;        /* plan->memory.threads of them */
    weft_run_layers layers;
    weft_chunk_columns *columns; /* that are computed of them; NULL: none are */
    weft_row_choice choice;      /* of their rows */
    weft_row_draw *draw;         /* of a sample; NULL: there is none, or not yet */
    weft_run_table table;
    const char *scratch_folder; /* borrowed: the run's, of the attempt under way */
} weft_run_parts;

/* Makes the ledger, the block cache and the plan, gives each its share of memory, and calls options->planned. Opens sources
 * and reads no pixel. Errors: those of planning. */
weft_status weft_run_parts_plan(weft_run_parts *parts, weft_error *err);

/* Makes the rest. Errors: those of weft_metrics_store_open(), weft_memory_watch_start(); WEFT_ERR_MEMORY. */
weft_status weft_run_parts_build(weft_run_parts *parts, weft_error *err);

/* Gives back memory that only chunks needed, since finishing outputs may need as much. Workers must be idle. */
void weft_run_parts_give_back(weft_run_parts *parts);

/* Disposes of all parts that were made, also after a failure. Writers must have been freed before. */
void weft_run_parts_dispose(weft_run_parts *parts);

#endif
