/* A run's options besides its configuration, and its result.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_OPTIONS_H
#define WEFT_PIPELINE_RUN_OPTIONS_H

#include "core/cancel.h"
#include "monitors/memory_probe.h"
#include "monitors/performance_monitor.h"
#include "pipeline/plan/plan.h"
#include "pipeline/record/run_folder.h"
#include "pipeline/shards/shard_set.h"
#include "stages/context/context.h"

/* What another thread may look at while a run works: it only counts. */
typedef struct weft_run_watch {
    const weft_plan *plan;
    weft_ledger *ledger;
    const weft_block_cache *cache;
    const weft_activity *activity;
    const weft_performance_monitor *performance;
} weft_run_watch;

typedef struct weft_run_options {
    weft_cancel *cancel; /* set by whoever wants the run to stop; not NULL */
    weft_observer observer;
    /* Called once, when the plan is complete and before any pixel is read. May be NULL. */
    void (*planned)(void *payload, const weft_plan *plan);
    void *planned_payload;
    /* Called when workers begin, and with NULL before what they work with goes. The coordinating thread. May be NULL.
     */
    void (*working)(void *payload, const weft_run_watch *watch);
    void *working_payload;
    /* Called once, with export.stats, when the outputs have their names: a table of text. May be NULL. */
    void (*summarised)(void *payload, const char *statistics);
    void *summarised_payload;
    weft_memory_probe *const *probes; /* instead of the system's own; NULL for those. Borrowed */
    int probe_count;
    int64_t cooldown_ms, recovery_ms; /* of the memory monitor; 0: its defaults */
    int64_t critical_patience_ms;     /* a critical level lasts this long and the run ends; 0: 10 s */
    bool resume;                      /* continue the stopped run of this name, if there is one */
    weft_run_folder *folder;    /* the run's folder, if the caller has locked it: the run takes it over; or NULL */
    weft_shard_set *shards;     /* the table is joined of these, no pixel is read; borrowed. NULL: it is computed */
    const char *resume_command; /* what a person types to resume this run, for the record; or NULL */
} weft_run_options;

typedef struct weft_run_result {
    int64_t lines;      /* of the table, without its header */
    int64_t kept_lines; /* of them, those that an earlier attempt had written */
    int64_t cells;      /* of the grid */
    int64_t bytes;      /* of all outputs */
    double seconds;     /* from start to committed output */
    int64_t peak_bytes; /* VmHWM at the end */
    int64_t limit_bytes;
    int64_t windows, chunks;
    int64_t adaptations;  /* sizes changed under pressure */
    int64_t lost_records; /* that the metrics store did not keep */
    bool kept_metrics;    /* the metrics database has a record of this run */
    /* Attempts at reading sources after the first; the blocks and files that they gave, and did not. */
    int64_t read_retries, reads_recovered, reads_lost;
    int64_t restarts;                              /* from the last checkpoint, after failures that could pass */
    char restart_reason[WEFT_ERROR_MESSAGE_BYTES]; /* the last of these failures; "": none */
    const char *bound_by;                          /* what held it up, in a word; NULL: it did not come to work */
    char verdict[512];                             /* and in sentences */
    int64_t enough_bytes;                          /* the smallest limit that would have cost no time; 0: not known */
    int lazy_layers;                               /* of in-memory mode, that memory did not hold whole */
    bool was_finished;                             /* with `resume`: nothing was left to do */
    bool can_resume;                               /* it failed, and part of it is on disk: it can be resumed */
} weft_run_result;

#endif
