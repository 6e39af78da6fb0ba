/* What a call can come back with, and the error that travels with it.
 *
 * A status is named for what the caller would do about it. Whoever detects a failure words it once with
 * weft_error_set(); everyone on the way up only adds where it happened with weft_error_context().
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_STATUS_H
#define WEFT_CORE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum weft_status {
    WEFT_OK = 0,
    WEFT_ERR_USAGE,      /* the command line is wrong: read --help (exit 64) */
    WEFT_ERR_DATA,       /* the configuration or an input's content is wrong: fix it (65) */
    WEFT_ERR_NO_INPUT,   /* an input is not there (66) */
    WEFT_ERR_INTERNAL,   /* a defect in weft: report it (70) */
    WEFT_ERR_MEMORY,     /* the limit is too small for the work: raise it (71) */
    WEFT_ERR_BUSY,       /* another run holds the output: wait for it (73) */
    WEFT_ERR_IO,         /* reading or writing failed, or the disk is full: mend it and resume (74) */
    WEFT_ERR_CANCELLED,  /* asked to stop: resume (75) */
    WEFT_ERR_PERMISSION, /* not allowed (77) */
} weft_status;

#define WEFT_ERROR_MESSAGE_BYTES 1024
#define WEFT_ERROR_HINT_BYTES    512
#define WEFT_ERROR_CONTEXT_BYTES 256

/* Owned by the caller, fixed in size, never allocates; zero-initialise with `weft_error err = {0}`. One thread. */
typedef struct weft_error {
    weft_status status;
    bool may_pass; /* a system call failed with what weft_errno_may_pass() says may well be over a moment later */
    bool is_gone;  /* a system call failed since a file, or a folder of its path, is not there (ENOENT) */
    char message[WEFT_ERROR_MESSAGE_BYTES]; /* lower case, no full stop, names the thing and the value */
    char hint[WEFT_ERROR_HINT_BYTES];       /* what would mend it, or "" */
    char context[WEFT_ERROR_CONTEXT_BYTES]; /* outermost first: "stage=merge chunk=12", or "" */
} weft_error;

/* Whether a call that failed with this errno may well succeed a moment later: interrupted, busy, a stale or broken
 * network file system, a medium that may read at the second try. */
bool weft_errno_may_pass(int errno_value);

/* Words the error and returns `status`, so that `return weft_error_set(...)` reads well. A NULL `err` is allowed. */
weft_status weft_error_set(weft_error *err, weft_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Like weft_error_set() for a failed system call: appends strerror(errno_value) and picks the status from it
 * (ENOENT: no input, EACCES and EPERM: permission, ENOMEM: memory, all else: I/O) and whether it may pass. */
weft_status weft_error_set_errno(weft_error *err, int errno_value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "PATH: WHAT: strerror(errno_value)", of something that was to be written: WEFT_ERR_PERMISSION or else WEFT_ERR_IO,
 * never WEFT_ERR_NO_INPUT. The folder of an output is gone or was never there; that is no input that is missing. */
weft_status weft_error_set_no_output(weft_error *err, int errno_value, const char *path, const char *what);

/* Like weft_error_set_errno() for a thread that pthread_create() refused, `whose` it would have been: for want of
 * memory, of address space or of what the system allows, all of which are WEFT_ERR_MEMORY and have a hint. */
weft_status weft_error_set_no_thread(weft_error *err, int errno_value, const char *whose);

/* WEFT_ERR_MEMORY, "no memory for WHAT". */
weft_status weft_error_no_memory(weft_error *err, const char *what);

/* Gives the error its hint, replacing an earlier one. */
void weft_error_hint(weft_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The hint for memory that the system refused though memory.limit allows it. */
void weft_error_hint_short_memory(weft_error *err);

/* Puts `format` in front of the message: the place in a file, "run.yml:3:7: ". */
void weft_error_prefix(weft_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts `format` in front of the error's context. */
void weft_error_context(weft_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The process exit code of the design for a status. */
int weft_status_exit_code(weft_status status);

/* A stable lower-case word for a status ("data", "io", ...), for logs and JSON. */
const char *weft_status_name(weft_status status);

#endif
