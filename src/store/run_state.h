/* The run state: a small SQLite file of one run, which that run depends on (unlike the metrics).
 *
 * Every change is one transaction that is on disk when the call returns, so that a process that is killed at any moment
 * leaves the last whole one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_RUN_STATE_H
#define WEFT_STORE_RUN_STATE_H

#include "core/files/process_identity.h"
#include "core/status.h"

#include <stdint.h>

typedef struct weft_run_state weft_run_state;

typedef enum weft_run_phase {
    WEFT_RUN_RUNNING, /* or it died without a word */
    WEFT_RUN_INTERRUPTED,
    WEFT_RUN_FAILED,
    WEFT_RUN_FINISHED,
} weft_run_phase;

/* "running", "interrupted", .. */
const char *weft_run_phase_name(weft_run_phase phase);

typedef struct weft_run_input {
    char *path;
    int64_t bytes; /* -1: not there */
    int64_t modified_ns;
} weft_run_input;

#define WEFT_RUN_HASH_BYTES 65

/* How far one output is on disk. */
typedef struct weft_run_output {
    char *format, *path;
    int64_t bytes; /* of the part file, from its start; 0: nothing to resume */
    int64_t spool_bytes, next_cell, rows;
    bool whole; /* complete: it has its final name, or only that is missing */
    char hash[WEFT_RUN_HASH_BYTES], spool_hash[WEFT_RUN_HASH_BYTES]; /* of those bytes; "": not known */
} weft_run_output;

/* Nothing of it is on disk. */
void weft_run_output_begin_anew(weft_run_output *output);

/* All that a run state holds. Texts are on the heap. */
typedef struct weft_run_facts {
    char *experiment_id, *message, *command, *weft_version, *identity, *plan;
    char *columns_seen; /* a digit a mark (pipeline/run/empty_columns.h): what is known of the columns in the rows that
                           are done; or NULL */
    weft_run_phase phase;
    int64_t grid_rows, rows_done, attempts, started_ms, updated_ms;
    weft_process_identity process; /* of the last attempt */
    weft_run_input *inputs;
    int input_count;
    weft_run_output *outputs;
    int output_count;
} weft_run_facts;

void weft_run_facts_dispose(weft_run_facts *facts);

/* Reads the file at `path`; a run may be writing it. Errors: WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_DATA (not a run
 * state, or a newer weft's), WEFT_ERR_IO, WEFT_ERR_MEMORY. `out` is empty then. */
weft_status weft_run_state_read(weft_run_facts *out, const char *path, weft_error *err);

/* Makes the file anew, in a folder that is there, and keeps all of `facts`. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_run_state_create(weft_run_state **out, const char *path, const weft_run_facts *facts, weft_error *err);
/* Opens one to resume its run: it is running again, by facts->process, with facts->command, one attempt more. */
weft_status weft_run_state_continue(weft_run_state **out, const char *path, const weft_run_facts *facts,
                                    weft_error *err);

/* Keeps how far outputs are. outputs: `count` of them, in the order of the facts'; format and path are not looked at.
 * columns_seen: as in the facts.
 * Errors: WEFT_ERR_IO. One thread. */
weft_status weft_run_state_checkpoint(weft_run_state *state, const weft_run_output *outputs, int count,
                                      int64_t rows_done, const char *columns_seen, int64_t now_ms, weft_error *err);
/* Keeps how it ended. message may be NULL. Errors: WEFT_ERR_IO. */
weft_status weft_run_state_end(weft_run_state *state, weft_run_phase phase, const char *message, int64_t now_ms,
                               weft_error *err);
/* NULL is fine. */
void weft_run_state_close(weft_run_state *state);

#endif
