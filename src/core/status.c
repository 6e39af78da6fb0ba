/* Errors are worded once, in fixed space, so that reporting one can never fail.
 *
 * SPDX-License-Identifier: MIT */
#include "core/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void word(weft_error *err, weft_status status, const char *format, va_list args) {
    err->status = status;
    err->may_pass = false;
    err->is_gone = false;
    err->hint[0] = '\0';
    err->context[0] = '\0';
    (void)vsnprintf(err->message, sizeof err->message, format, args);
}

weft_status weft_error_set(weft_error *err, weft_status status, const char *format, ...) {
    if (err == NULL) return status;
    va_list args;
    va_start(args, format);
    word(err, status, format, args);
    va_end(args);
    return status;
}

static weft_status status_of_errno(int errno_value) {
    switch (errno_value) {
    case ENOENT:
        return WEFT_ERR_NO_INPUT;
    case EACCES:
    case EPERM:
        return WEFT_ERR_PERMISSION;
    case ENOMEM:
        return WEFT_ERR_MEMORY;
    default:
        return WEFT_ERR_IO;
    }
}

bool weft_errno_may_pass(int errno_value) {
    switch (errno_value) {
    case EINTR:
    case EAGAIN:
    case ESTALE:
    case EIO:
    case EBUSY:
    case ENOLCK:
    case ETIMEDOUT:
    case ECONNRESET:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENFILE:
    case EMFILE:
        return true;
    default:
        return false;
    }
}

weft_status weft_error_set_errno(weft_error *err, int errno_value, const char *format, ...) {
    weft_status status = status_of_errno(errno_value);
    if (err == NULL) return status;
    va_list args;
    va_start(args, format);
    word(err, status, format, args);
    va_end(args);
    char reason[128];
    if (strerror_r(errno_value, reason, sizeof reason) != 0)
        (void)snprintf(reason, sizeof reason, "error %d", errno_value);
    err->may_pass = weft_errno_may_pass(errno_value);
    err->is_gone = errno_value == ENOENT;
    size_t used = strlen(err->message);
    (void)snprintf(err->message + used, sizeof err->message - used, ": %s", reason);
    return status;
}

weft_status weft_error_set_no_output(weft_error *err, int errno_value, const char *path, const char *what) {
    weft_status status = weft_error_set_errno(err, errno_value, "%s: %s", path, what);
    if (status == WEFT_ERR_PERMISSION) return status;
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

weft_status weft_error_set_no_thread(weft_error *err, int errno_value, const char *whose) {
    weft_status status =
        weft_error_set_errno(err, errno_value == EAGAIN ? ENOMEM : errno_value, "cannot start the %s thread", whose);
    weft_error_hint(err, "run with fewer threads, or raise ulimit -v (address space) or ulimit -u (threads)");
    return status;
}

weft_status weft_error_no_memory(weft_error *err, const char *what) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %s", what);
}

void weft_error_hint(weft_error *err, const char *format, ...) {
    if (err == NULL) return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

void weft_error_hint_short_memory(weft_error *err) {
    weft_error_hint(err,
                    "the system has less than memory.limit says: lower it, run with fewer threads, or raise what is "
                    "there (ulimit -v, the container's limit)");
}

void weft_error_prefix(weft_error *err, const char *format, ...) {
    if (err == NULL) return;
    char place[WEFT_ERROR_CONTEXT_BYTES], joined[WEFT_ERROR_MESSAGE_BYTES + WEFT_ERROR_CONTEXT_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(place, sizeof place, format, args);
    va_end(args);
    (void)snprintf(joined, sizeof joined, "%s%s", place, err->message);
    joined[sizeof err->message - 1] = '\0';
    memcpy(err->message, joined, strlen(joined) + 1);
}

void weft_error_context(weft_error *err, const char *format, ...) {
    if (err == NULL) return;
    char outer[WEFT_ERROR_CONTEXT_BYTES], joined[2 * WEFT_ERROR_CONTEXT_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(outer, sizeof outer, format, args);
    va_end(args);
    (void)snprintf(joined, sizeof joined, "%s%s%s", outer, err->context[0] != '\0' ? " " : "", err->context);
    joined[sizeof err->context - 1] = '\0';
    memcpy(err->context, joined, strlen(joined) + 1);
}

static const struct {
    int exit_code;
    const char *name;
} statuses[] = {
    [WEFT_OK] = {0, "ok"},
    [WEFT_ERR_USAGE] = {64, "usage"},
    [WEFT_ERR_DATA] = {65, "data"},
    [WEFT_ERR_NO_INPUT] = {66, "no input"},
    [WEFT_ERR_INTERNAL] = {70, "internal"},
    [WEFT_ERR_MEMORY] = {71, "memory"},
    [WEFT_ERR_BUSY] = {73, "busy"},
    [WEFT_ERR_IO] = {74, "io"},
    [WEFT_ERR_CANCELLED] = {75, "cancelled"},
    [WEFT_ERR_PERMISSION] = {77, "permission"},
};

int weft_status_exit_code(weft_status status) {
    return statuses[status].exit_code;
}

const char *weft_status_name(weft_status status) {
    return statuses[status].name;
}
