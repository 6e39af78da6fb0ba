/* Stands in front of `weft run` in the jobs of a batch (LD_PRELOAD), and lets some of them end badly.
 *
 *   WEFT_TEST_JOB    only processes with this text in their command line, and the word run
 *   WEFT_TEST_DO     crash: as by a defect; killed: by somebody; full: killed with all of its memory.limit taken; hang:
 *                    sleeps
 *   WEFT_TEST_TIMES  a file with as many bytes as times that it does so; each takes one off
 *
 * It looks when it is loaded, and when a signal mask is set: the last that a process does which the job server has
 * forked, before the program begins in it.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMAND_BYTES 4096

/* What the command line grants. */
static size_t limit_bytes;

/* Takes all that is granted. */
static void fill(void) {
    char *bytes = malloc(limit_bytes);
    if (bytes != NULL) memset(bytes, 1, limit_bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

/* Whether this process is the job that is meant. */
static bool is_meant(const char *job) {
    static const char limit[] = "memory.limit=";
    char command[COMMAND_BYTES];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, command, sizeof command - 1);
    bool runs = false, named = false;
    if (fd >= 0) (void)close(fd);
    if (length <= 0) return false;
    command[length] = '\0';
    for (const char *word = command; word < command + length; word += strlen(word) + 1) {
        runs = runs || strcmp(word, "run") == 0;
        named = named || strstr(word, job) != NULL;
        if (strncmp(word, limit, sizeof limit - 1) == 0) limit_bytes = strtoull(word + sizeof limit - 1, NULL, 10);
    }
    return runs && named;
}

static bool is_time(const char *times) {
    struct stat info;
    if (times == NULL) return true;
    if (stat(times, &info) != 0 || info.st_size == 0) return false;
    return truncate(times, info.st_size - 1) == 0;
}

static void end_badly(void) {
    const char *job = getenv("WEFT_TEST_JOB"), *what = getenv("WEFT_TEST_DO");
    if (job == NULL || what == NULL || !is_meant(job) || !is_time(getenv("WEFT_TEST_TIMES"))) return;
    if (strcmp(what, "crash") == 0) (void)raise(SIGSEGV);
    if (strcmp(what, "full") == 0) fill();
    if (strcmp(what, "full") == 0 || strcmp(what, "killed") == 0) (void)raise(SIGKILL);
    if (strcmp(what, "hang") == 0) (void)sleep(600);
}

__attribute__((constructor)) static void begin(void) {
    end_badly();
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
    int (*real)(int, const sigset_t *, sigset_t *);
    *(void **)&real = dlsym(RTLD_NEXT, "sigprocmask");
    int failed = real(how, set, old);
    if (how == SIG_SETMASK) end_badly();
    return failed;
}
