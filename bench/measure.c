/* Runs a command and adds a line to a file: what it took, its children included. GNU time would do, but a benchmark
 * that needs no package is run more often.
 *
 * usage: bench_measure FILE LABEL COMMAND..
 *
 * The line: label, wall seconds, user and system CPU seconds, peak resident MiB of the largest process, exit code; tabs
 * between them. It exits as the command does.
 *
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* wait4 */
#include "core/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static int run(char **command, struct rusage *usage) {
    int state = 0;
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        fprintf(stderr, "bench_measure: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    if (child < 0) return 71;
    while (wait4(child, &state, 0, usage) < 0)
        if (errno != EINTR) return 71;
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

int main(int argc, char **argv) {
    struct rusage usage = {0};
    if (argc < 4) {
        fprintf(stderr, "usage: bench_measure FILE LABEL COMMAND..\n");
        return 64;
    }
    int64_t before = weft_clock_monotonic_ns();
    int code = run(argv + 3, &usage);
    double wall = (double)(weft_clock_monotonic_ns() - before) / 1e9;
    FILE *out = fopen(argv[1], "a");
    if (out == NULL) {
        fprintf(stderr, "bench_measure: %s: %s\n", argv[1], strerror(errno));
        return 74;
    }
    fprintf(out, "%s\t%.2f\t%.2f\t%.2f\t%.3f\t%d\n", argv[2], wall, seconds_of(usage.ru_utime),
            seconds_of(usage.ru_stime), (double)usage.ru_maxrss / 1024, code);
    return fclose(out) == 0 ? code : 74;
}
