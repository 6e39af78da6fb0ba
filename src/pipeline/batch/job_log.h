/* What a job says: `weft run --progress json` writes it to a log a line at a time, and the batch reads the log's end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_LOG_H
#define WEFT_PIPELINE_JOB_LOG_H

#include "core/status.h"

#include <stdint.h>

/* Of its last line of progress. */
typedef struct weft_job_progress {
    int64_t done, total; /* rows of the stage; total 0: nothing was said yet */
    double seconds_left; /* -1: not known */
} weft_job_progress;

/* Reads the end of the log at `path`. Nothing that can be read is nothing said. */
void weft_job_log_progress(const char *path, weft_job_progress *out);

/* What it said when it ended. */
typedef struct weft_job_words {
    bool ended;    /* false: it said nothing of its end, and `message` is its last line, if that is no event */
    char *state;   /* "done" or the like; NULL without */
    char *message; /* of the error, its hint after it; NULL: there is none */
    int64_t peak_bytes, adaptations, rows, bytes;
} weft_job_words;

/* Reads the end of the log at `path`. Errors: WEFT_ERR_MEMORY. */
weft_status weft_job_log_words(const char *path, weft_job_words *out, weft_error *err);
void weft_job_words_dispose(weft_job_words *words);

#endif
