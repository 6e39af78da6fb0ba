/* SPDX-License-Identifier: MIT
 *
 * In front of the function that calls main(): by then all libraries are loaded, and no thread runs. */
#define _GNU_SOURCE
#include "fault/fault_server.h"

#include "fault/fault_calls.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int (*main_fn)(int argc, char **argv, char **environment);

static main_fn program;

static bool read_all(int fd, void *to, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t got = read(fd, (char *)to + done, length - done);
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

static void point(int fd, const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, fd) < 0) _exit(99);
    (void)close(file);
}

/* The process that was asked for: as if started with this environment and these arguments. */
static int become(char *request, const char *end, char *name) {
    char *argv[FAULT_REQUEST_MAX + 2] = {name};
    int argc = 1;
    char *text = request;
    for (; text < end && *text != '\0'; text += strlen(text) + 1)
        if (putenv(text) != 0) _exit(99);
    for (text++; text < end && argc <= FAULT_REQUEST_MAX; text += strlen(text) + 1)
        argv[argc++] = text;
    point(STDOUT_FILENO, "out.txt");
    point(STDERR_FILENO, "err.txt");
    fault_rules_read();
    return program(argc, argv, environ);
}

static int serve(int argc, char **argv, char **environment) {
    static char request[FAULT_REQUEST_BYTES];
    int in, out, status = 0;
    uint32_t length;
    (void)argc;
    (void)environment;
    if (sscanf(getenv("WEFT_FAULT_SERVE"), "%d,%d", &in, &out) != 2) _exit(99);
    while (read_all(in, &length, sizeof length) && length < sizeof request && read_all(in, request, length)) {
        pid_t child = fork();
        if (child == 0) {
            (void)close(in);
            (void)close(out);
            request[length] = '\0';
            return become(request, request + length, argv[0]);
        }
        if (child < 0 || waitpid(child, &status, 0) != child) break;
        if (write(out, &status, sizeof status) != (ssize_t)sizeof status) break;
    }
    _exit(0);
}

FAULT_EXPORT int __libc_start_main(main_fn begin, int argc, char **argv, void (*init)(void), void (*fini)(void),
                                   void (*loader_fini)(void), void *stack_end) {
    FAULT_REAL(int, (main_fn, int, char **, void (*)(void), void (*)(void), void (*)(void), void *),
               "__libc_start_main");
    program = begin;
    return real_(getenv("WEFT_FAULT_SERVE") != NULL ? serve : begin, argc, argv, init, fini, loader_fini, stack_end);
}
