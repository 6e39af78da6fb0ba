/* What is said to people and to the programs that watch a run, on stderr. Results never go through here: they go to
 * stdout.
 *
 * A line is text, "weft: warning: ...", or, after weft_log_set_json(), a JSON object of its own with at least `time`,
 * `level`, `experiment` (null until it is known) and `event`: start, plan, progress, warning, adaptation, error or end,
 * and of a batch also job.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_LOG_H
#define WEFT_CORE_LOG_H

#include "core/status.h"
#include "core/text.h"

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

/* Lines are JSON objects from now on. Before other threads log. */
void weft_log_set_json(bool json);
bool weft_log_is_json(void);
/* The experiment that JSON lines name. Copied. Before other threads log. */
void weft_log_set_experiment(const char *experiment);

/* Writes "weft: warning: ..." and a newline, whole lines only. As JSON an error or a warning is an event of that name;
 * messages of a lower level are for people alone and are left out. Any thread. */
void weft_log(weft_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes an error with its context and its hint on a line of its own. Any thread. */
void weft_log_error(const weft_error *err);

/* Writes an event as JSON: nothing, unless lines are JSON. Any thread.
 *
 * event   one of the words above
 * fields  its other members, as weft_text_add_json_member() writes them, or NULL; left out where they are longer than
 *         30,000 bytes */
void weft_log_event(weft_log_level level, const char *event, const weft_text *fields);

/* Writes one line from a signal handler: async-signal-safe, takes no lock. `message` needs no escaping in JSON. */
void weft_log_from_handler(const char *message);

#endif
