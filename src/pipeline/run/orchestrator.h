/* One run, from a configuration to whole outputs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ORCHESTRATOR_H
#define WEFT_PIPELINE_ORCHESTRATOR_H

#include "config/config.h"
#include "core/cancel.h"
#include "monitors/memory_probe.h"
#include "pipeline/plan/plan.h"
#include "pipeline/run/run_folder.h"
#include "stages/context.h"

typedef struct weft_run_options {
    weft_cancel *cancel; /* set by whoever wants the run to stop; not NULL */
    weft_observer observer;
    /* Called once, when the plan stands and before any pixel is read. May be NULL. */
    void (*planned)(void *payload, const weft_plan *plan);
    void *planned_payload;
    /* Called once, with export.stats, when the outputs have their names: a table of text. May be NULL. */
    void (*summarised)(void *payload, const char *statistics);
    void *summarised_payload;
    weft_memory_probe *const *probes; /* instead of the system's own; NULL for those. Borrowed */
    int probe_count;
    int64_t cooldown_ms, recovery_ms; /* of the memory monitor; 0: its defaults */
    int64_t critical_patience_ms;     /* a critical level lasts this long and the run ends; 0: 10 s */
    bool resume;                      /* go on where the run of this name was stopped, if it was */
    weft_run_folder *folder;          /* the run's, if it is taken already: the run takes it over; or NULL */
    const char *resume_command;       /* what a person types to go on with this run, for the record; or NULL */
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
    /* Attempts at reading sources after the first; the blocks and files that they gave, and did not. */
    int64_t read_retries, reads_recovered, reads_lost;
    int64_t restarts;                              /* from the last checkpoint, after failures that could pass */
    char restart_reason[WEFT_ERROR_MESSAGE_BYTES]; /* the last of these failures; "": none */
    int layers_in_scratch;
    bool was_finished; /* with `resume`: nothing was left to do */
    bool can_go_on;    /* it failed, and part of it is on disk: `resume` goes on there */
} weft_run_result;

/* Runs the whole job on the calling thread and a pool of workers.
 *
 * result   filled as far as the run came
 * errors   those of planning; WEFT_ERR_IO (after weft_run_attempts, where it could pass) and WEFT_ERR_DATA while
 * reading or writing; WEFT_ERR_CANCELLED;
 * WEFT_ERR_BUSY; WEFT_ERR_MEMORY. What stood at an output's name before is as it was then, unless outputs were
 * already getting their names. With `resume`, WEFT_ERR_DATA where configuration or inputs are not the same */
weft_status weft_run(const weft_config *config, const weft_run_options *options, weft_run_result *result,
                     weft_error *err);

/* The threads a run of this configuration uses: 1 .. WEFT_MOST_THREADS. */
int weft_run_threads(const weft_config *config);

#endif
