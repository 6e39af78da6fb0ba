/* One lock and one write() a line: messages from several threads never mix, and a progress bar can step aside first.
 *
 * A line is put together in a static buffer, so that saying that memory has run out takes none.
 *
 * SPDX-License-Identifier: MIT */
#include "core/log.h"

#include "core/clock.h"
#include "core/steady_io.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES       32768 /* an error's texts with every character escaped, and more */
#define EXPERIMENT_BYTES 512

static struct {
    pthread_mutex_t lock;
    _Atomic int level;
    _Atomic bool json;
    weft_log_hook hook;
    void *payload;
    char experiment[EXPERIMENT_BYTES]; /* as JSON */
    char line[LINE_BYTES];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = WEFT_LOG_INFO, .experiment = "null"};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

void weft_log_set_level(weft_log_level level) {
    atomic_store(&state.level, (int)level);
}

void weft_log_set_hook(weft_log_hook hook, void *payload) {
    pthread_mutex_lock(&state.lock);
    state.hook = hook;
    state.payload = payload;
    pthread_mutex_unlock(&state.lock);
}

void weft_log_set_json(bool json) {
    atomic_store(&state.json, json);
}

bool weft_log_is_json(void) {
    return atomic_load(&state.json);
}

void weft_log_set_experiment(const char *experiment) {
    pthread_mutex_lock(&state.lock);
    weft_text_json_string(experiment, state.experiment, sizeof state.experiment);
    pthread_mutex_unlock(&state.lock);
}

/* --- lines --- */

/* Begins a line: takes the lock. Whoever calls it adds to state.line and ends with write_line(). */
static size_t begin_line(void) {
    pthread_mutex_lock(&state.lock);
    if (state.hook != NULL) state.hook(state.payload);
    return 0;
}

static void write_line(size_t length) {
    size_t written;
    if (length > LINE_BYTES - 1) length = LINE_BYTES - 1;
    weft_text_make_printable(state.line, length);
    state.line[length] = '\n';
    (void)weft_steady_write(STDERR_FILENO, state.line, length + 1, &written);
    pthread_mutex_unlock(&state.lock);
}

static size_t add(size_t at, const char *text) {
    size_t length = strlen(text);
    if (length > LINE_BYTES - 1 - at) length = LINE_BYTES - 1 - at;
    memcpy(state.line + at, text, length);
    return at + length;
}

static size_t add_json_string(size_t at, const char *text) {
    return at + weft_text_json_string(text, state.line + at, LINE_BYTES - 1 - at);
}

/* The members that every event has; the object stays open. */
static size_t begin_event(size_t at, weft_log_level level, const char *event) {
    char time[WEFT_CLOCK_TEXT_BYTES];
    weft_clock_format(weft_clock_wall_ms(), time);
    at = add(add(at, "{\"time\": \""), time);
    at = add(add(at, "\", \"level\": \""), level_names[level]);
    at = add(add(at, "\", \"experiment\": "), state.experiment);
    return add(add(add(at, ", \"event\": \""), event), "\"");
}

static size_t add_member(size_t at, const char *name, const char *text) {
    if (text[0] == '\0') return at;
    at = add(add(add(at, ", \""), name), "\": ");
    return add_json_string(at, text);
}

static const char *prefix(weft_log_level level) {
    switch (level) {
    case WEFT_LOG_ERROR:
        return "weft: error: ";
    case WEFT_LOG_WARNING:
        return "weft: warning: ";
    case WEFT_LOG_DEBUG:
        return "weft: debug: ";
    case WEFT_LOG_INFO:
        break;
    }
    return "weft: ";
}

void weft_log(weft_log_level level, const char *format, ...) {
    bool json = weft_log_is_json();
    if ((int)level > atomic_load(&state.level) || (json && level > WEFT_LOG_WARNING)) return;
    va_list args;
    va_start(args, format);
    size_t at = begin_line();
    if (json) {
        char message[4 * WEFT_ERROR_MESSAGE_BYTES];
        (void)vsnprintf(message, sizeof message, format, args);
        at = add(add_member(begin_event(at, level, level_names[level]), "message", message), "}");
    } else {
        at = add(at, prefix(level));
        int length = vsnprintf(state.line + at, LINE_BYTES - at, format, args);
        at += length > 0 ? (size_t)length : 0;
    }
    write_line(at);
    va_end(args);
}

void weft_log_error(const weft_error *err) {
    bool json = weft_log_is_json();
    size_t at = begin_line();
    if (json) {
        at = begin_event(at, WEFT_LOG_ERROR, "error");
        at = add_member(at, "status", weft_status_name(err->status));
        at = add_member(add_member(at, "message", err->message), "context", err->context);
        at = add(add_member(at, "hint", err->hint), "}");
    } else {
        at = add(add(at, prefix(WEFT_LOG_ERROR)), err->message);
        if (err->context[0] != '\0') at = add(add(add(at, " ["), err->context), "]");
        if (err->hint[0] != '\0') at = add(add(at, "\n  hint: "), err->hint);
    }
    write_line(at);
}

void weft_log_event(weft_log_level level, const char *event, const weft_text *fields) {
    if (!weft_log_is_json() || (int)level > atomic_load(&state.level)) return;
    size_t at = begin_event(begin_line(), level, event);
    bool fits = fields != NULL && fields->data != NULL && at + fields->length + 2 < LINE_BYTES;
    if (fits && !fields->failed) at = add(at, fields->data);
    write_line(add(at, "}"));
}

void weft_log_from_handler(const char *message) {
    char line[1024], time[WEFT_CLOCK_TEXT_BYTES];
    const char *parts[] = {prefix(WEFT_LOG_INFO), message, "\n", NULL, NULL, NULL, NULL};
    size_t length = 0;
    if (weft_log_is_json()) {
        weft_clock_format(weft_clock_wall_ms(), time);
        const char *event[] = {"{\"time\": \"",
                               time,
                               "\", \"level\": \"warning\", \"experiment\": ",
                               state.experiment,
                               ", \"event\": \"warning\", \"message\": \"",
                               message,
                               "\"}\n"};
        memcpy(parts, event, sizeof parts);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts && parts[i] != NULL; i++) {
        size_t more = strlen(parts[i]);
        if (length + more > sizeof line) return;
        memcpy(line + length, parts[i], more);
        length += more;
    }
    weft_text_make_printable(line, length);
    (void)!write(STDERR_FILENO, line, length);
}
