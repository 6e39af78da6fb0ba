/* How far a run is: a bar on a terminal, plain lines in a pipe, JSON lines for programs. All on stderr.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_PROGRESS_H
#define WEFT_CLI_PROGRESS_H

#include "cli/arguments.h"
#include "pipeline/run/run_pace.h"
#include "stages/context/context.h"

#include <stdint.h>

/* In the order of the words of --progress. */
typedef enum weft_progress_kind {
    WEFT_PROGRESS_AUTO, /* a bar if stderr is a terminal, else plain lines */
    WEFT_PROGRESS_PLAIN,
    WEFT_PROGRESS_JSON,
    WEFT_PROGRESS_NONE,
    WEFT_PROGRESS_BAR,
} weft_progress_kind;

typedef struct weft_progress {
    weft_progress_kind kind;
    weft_run_pace pace;
    int64_t shown_ns;  /* when something was last shown; 0: never */
    bool bar_standing; /* a bar is on the terminal's last line */
} weft_progress;

/* weft_option.take of --progress: the word, and what log lines are from now on. */
bool weft_take_progress(const weft_option *option, void *target, const char *value, weft_error *err);

/* Starts showing; log lines clear the bar first. `progress` must not move until it is finished. */
void weft_progress_start(weft_progress *progress, weft_progress_kind kind, const weft_plan *plan);

/* One step, as weft_observer.progressed. */
void weft_progress_step(void *progress, weft_stage_id stage, int64_t done, int64_t total);

/* Clears the bar, takes the log back. */
void weft_progress_finish(weft_progress *progress);

#endif
