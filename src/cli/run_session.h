/* One run of the command line: its progress, its signals and its summary.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_RUN_SESSION_H
#define WEFT_CLI_RUN_SESSION_H

#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/serving/served.h"
#include "pipeline/shards/shard_set.h"

typedef struct weft_run_request {
    const char *command;             /* that resumes it: "run" */
    const char *place;               /* of a shard, for that command: "--shard 3/7"; or NULL */
    const weft_overrides *overrides; /* borrowed, as all here */
    weft_progress_kind progress;
    bool resume, json;
    weft_serve_request serve;
    weft_shard_set *shards; /* that the table is joined of; NULL: it is computed */
} weft_run_request;

/* Runs a configuration and tells of it: what it made on standard output, all else on standard error. Returns the
 * process's exit code. */
int weft_run_session(weft_config *config, const weft_run_request *request);

/* Says, with --json, that there was no run, and why. Returns the process's exit code. */
int weft_run_session_none(const weft_error *err, int exit_code, bool json);

#endif
