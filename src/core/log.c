/* One lock, whole lines: messages from several threads never mix, and a progress bar can step aside first.
 *
 * SPDX-License-Identifier: MIT */
#include "core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static struct {
    pthread_mutex_t lock;
    _Atomic int level;
    weft_log_hook hook;
    void *payload;
} state = {PTHREAD_MUTEX_INITIALIZER, WEFT_LOG_INFO, NULL, NULL};

void weft_log_set_level(weft_log_level level) {
    atomic_store(&state.level, (int)level);
}

void weft_log_set_hook(weft_log_hook hook, void *payload) {
    pthread_mutex_lock(&state.lock);
    state.hook = hook;
    state.payload = payload;
    pthread_mutex_unlock(&state.lock);
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
    if ((int)level > atomic_load(&state.level)) return;
    pthread_mutex_lock(&state.lock);
    if (state.hook != NULL) state.hook(state.payload);
    fputs(prefix(level), stderr);
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    pthread_mutex_unlock(&state.lock);
}

void weft_log_error(const weft_error *err) {
    const char *open = err->context[0] != '\0' ? " [" : "";
    const char *close = err->context[0] != '\0' ? "]" : "";
    const char *hint = err->hint[0] != '\0' ? "\n  hint: " : "";
    weft_log(WEFT_LOG_ERROR, "%s%s%s%s%s%s", err->message, open, err->context, close, hint, err->hint);
}
