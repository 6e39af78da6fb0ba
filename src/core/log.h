/* Lines for people, on stderr. Results never go through here: they go to stdout.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_LOG_H
#define WEFT_CORE_LOG_H

#include "core/status.h"

typedef enum weft_log_level {
    WEFT_LOG_ERROR,
    WEFT_LOG_WARNING,
    WEFT_LOG_INFO,
    WEFT_LOG_DEBUG,
} weft_log_level;

/* Called before a line is written, so that a progress bar can clear itself. Any thread, under the log's lock. */
typedef void (*weft_log_hook)(void *payload);

/* Messages above `level` are dropped. Default: WEFT_LOG_INFO. */
void weft_log_set_level(weft_log_level level);
void weft_log_set_hook(weft_log_hook hook, void *payload);

/* Writes "weft: warning: ..." and a newline, whole lines only. Any thread. */
void weft_log(weft_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes an error with its context and its hint on a line of its own. Any thread. */
void weft_log_error(const weft_error *err);

#endif
