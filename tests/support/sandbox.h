/* A temporary folder to run programs in, and what they said. Fails the running cmocka test on any trouble.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_SANDBOX_H
#define WEFT_TESTS_SUPPORT_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* cmocka group fixtures: make the folder and go there; remove it. */
int sandbox_setup(void **state);
int sandbox_teardown(void **state);

/* The folder: absolute. */
const char *sandbox_folder(void);

/* Writes `text` into `name` in the folder. */
void sandbox_write(const char *name, const char *text);
/* The whole file, NUL-terminated, freed by the caller; `length` may be NULL. */
char *sandbox_read(const char *path, size_t *length);
bool sandbox_exists(const char *path);
/* Whether two files hold the same bytes. */
bool sandbox_same(const char *a, const char *b);

/* What a program did. */
typedef struct sandbox_result {
    int exit_code;
    char *out, *err; /* freed with sandbox_result_free() */
} sandbox_result;

/* Runs a shell command in the folder. $WEFT is the program, $SAMPLE the folder of the bundled rasters. */
sandbox_result sandbox_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sandbox_result_free(sandbox_result *result);

/* Runs it and fails the test when it does not exit with 0. Returns its standard output, freed by the caller. */
char *sandbox_succeed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Starts a shell command in the background; one that begins with "exec" is the process itself. */
pid_t sandbox_start(const char *command);
/* Waits for it: its exit code, or minus the signal that ended it. */
int sandbox_end_of(pid_t child);

#endif
