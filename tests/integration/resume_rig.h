/* What the tests of --resume share: one configuration, a run of it that nobody stops, and ways to stop others.
 *
 * All of it happens in the sandbox: outputs of the whole run are in `first`, those of the others in `out`, and what a
 * program said last is in `said`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_INTEGRATION_RESUME_RIG_H
#define WEFT_TESTS_INTEGRATION_RESUME_RIG_H

#include <stddef.h>
#include <sys/types.h>

/* Under a sanitizer everything takes ten times as long. */
#ifdef WEFT_SANITIZED
#define RESUME_RESOLUTION  "30" /* more cells than a row group of Parquet has */
#define RESUME_MAX_SECONDS 30
#else
#define RESUME_RESOLUTION  "25"
#define RESUME_MAX_SECONDS 5
#endif

#define RESUME_PAUSES 20000 /* before a test that waits for a run goes on: far more than any run takes to begin */

#define RESUME_FORMATS 3
extern const char *const resume_formats[RESUME_FORMATS];

extern double resume_whole_seconds; /* what a run takes that is not stopped */
extern double resume_stop_seconds;  /* from the signal of the last resume_stop() to the end of the run */

/* A group fixture: makes the sandbox, the configuration and the run that nobody stops. sandbox_teardown() ends it. */
int resume_setup(void **state);

/* Starts a shell command, whose outputs both go to `said`. */
pid_t resume_start(const char *format, ...) __attribute__((format(printf, 1, 2)));

void resume_pause(double seconds);
double resume_now(void); /* seconds of a monotonic clock */

/* What `weft runs` says of a run in `out`: percent, and its state; -1 and "" where there is none. */
double resume_progress(const char *experiment, char *state, size_t capacity);

/* Starts a slow run in `out` with more arguments, and sends it signal `number` once `percent` of it is on disk, or 5 %.
 * Returns how it ended, as sandbox_end_of() does. */
int resume_stop_behind(double percent, const char *settings, int number);
int resume_stop(const char *settings, int number);

/* Fails the test unless the text file `path` holds `part`. */
void resume_expect_said(const char *path, const char *part);
/* Fails the test unless `out` holds what `first` holds, and no part files. */
void resume_expect_whole(void);

#endif
