/* What a batch shows while it runs, all on stderr: on a terminal a line a running job and one of all; plain lines or
 * JSON otherwise.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_BATCH_PROGRESS_H
#define WEFT_CLI_BATCH_PROGRESS_H

#include "cli/progress.h"
#include "pipeline/batch/batch_run.h"

/* Zero-initialised but for the kind, which is not WEFT_PROGRESS_AUTO. One thread. */
typedef struct weft_batch_progress {
    weft_progress_kind kind;
    int lines; /* standing on the terminal */
} weft_batch_progress;

/* Starts showing; log lines clear the terminal's first. `progress` must not move until it is finished. */
void weft_batch_progress_start(weft_batch_progress *progress);
/* As weft_batch_observer. */
void weft_batch_progress_show(void *progress, weft_batch_event event, const weft_batch_view *view, const weft_job *job,
                              const char *reason);
void weft_batch_progress_finish(weft_batch_progress *progress);

/* "1 h 02 min", "3 min 05 s", "4.2 s". */
#define WEFT_TIME_TEXT_BYTES 32
void weft_time_text(double seconds, char out[WEFT_TIME_TEXT_BYTES]);

#endif
