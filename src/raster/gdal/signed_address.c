/* SPDX-License-Identifier: MIT
 *
 * posix_spawn() runs nothing of weft's in the new process, so that other threads may have files and locks at hand. */
#define _GNU_SOURCE /* pipe2 */
#include "raster/gdal/signed_address.h"

#include "core/clock.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST 16384
#define WAIT_NS INT64_C(60000000000)

extern char **environ;

/* What GDAL's file systems call what others know by a scheme. */
static const struct {
    const char *prefix, *scheme;
} kinds[] = {{"/vsis3/", "s3://"}, {"/vsigs/", "gs://"}, {"/vsiaz/", "az://"}, {"/vsicurl/", ""}};

static char *plain_address(const char *path) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(path, kinds[i].prefix, length) == 0)
            return weft_text_format("%s%s", kinds[i].scheme, path + length);
    }
    return weft_text_format("%s", path);
}

static char *gdal_name(const char *address) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].scheme);
        if (length > 0 && strncmp(address, kinds[i].scheme, length) == 0)
            return weft_text_format("%s%s", kinds[i].prefix, address + length);
    }
    bool web = strncmp(address, "http://", 7) == 0 || strncmp(address, "https://", 8) == 0;
    return weft_text_format(web ? "/vsicurl/%s" : "%s", address);
}

/* Starts it with its standard output in `fd`. 0, or errno. */
static int start(pid_t *child, const char *command, const char *address, int fd) {
    char *script = weft_text_format("%s \"$@\"", command);
    char *const arguments[] = {"sh", "-c", script, "sh", (char *)address, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    if (script == NULL) return ENOMEM;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failure = posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    free(script);
    return failure;
}

/* Until its end, or until its time is over. False: it was. */
static bool read_all(int fd, char *text, size_t capacity) {
    int64_t end_ns = weft_clock_monotonic_ns() + WAIT_NS;
    size_t length = 0;
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left_ns = end_ns - weft_clock_monotonic_ns();
        int found = left_ns <= 0 ? 0 : poll(&ready, 1, (int)(left_ns / 1000000) + 1);
        if (found < 0 && errno == EINTR) continue;
        if (found <= 0) return false;
        char rest[512];
        bool full = length + 1 == capacity;
        ssize_t got = read(fd, full ? rest : text + length, full ? sizeof rest : capacity - 1 - length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (!full) length += (size_t)got;
    }
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return true;
}

static weft_status failed(const char *path, const char *command, int state, bool in_time, weft_error *err) {
    if (!in_time)
        weft_error_set(err, WEFT_ERR_IO, "%s: sign: \"%s\" took more than a minute", path, command);
    else if (WIFSIGNALED(state))
        weft_error_set(err, WEFT_ERR_IO, "%s: sign: \"%s\" was ended by signal %d", path, command, WTERMSIG(state));
    else
        weft_error_set(err, WEFT_ERR_IO, "%s: sign: \"%s\" ended with %d", path, command, WEXITSTATUS(state));
    weft_error_hint(err, "the command is given the address as its last argument, and prints the one to open");
    return WEFT_ERR_IO;
}

static weft_status run(char *text, const char *command, const char *address, const char *path, weft_error *err) {
    int ends[2], state = 0;
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) != 0) return weft_error_set_errno(err, errno, "%s: sign", path);
    int failure = start(&child, command, address, ends[1]);
    (void)close(ends[1]);
    bool in_time = failure == 0 && read_all(ends[0], text, LONGEST);
    (void)close(ends[0]);
    if (failure != 0) return weft_error_set_errno(err, failure, "%s: sign: /bin/sh", path);
    if (!in_time) (void)kill(child, SIGKILL);
    while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    bool well = in_time && WIFEXITED(state) && WEXITSTATUS(state) == 0;
    return well ? WEFT_OK : failed(path, command, state, in_time, err);
}

weft_status weft_signed_address(char **out, const char *command, const char *path, weft_error *err) {
    char *text = malloc(LONGEST), *address = plain_address(path);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (text == NULL || address == NULL)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to sign it", path);
    if (status == WEFT_OK) status = run(text, command, address, path, err);
    if (status == WEFT_OK && strstr(text, "://") == NULL && text[0] != '/') {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: sign: \"%s\" printed no address", path, command);
        weft_error_hint(err, "https://.., s3://.., or a path, in one line");
    }
    if (status == WEFT_OK) {
        *out = gdal_name(text);
        if (*out == NULL) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to sign it", path);
    }
    free(address);
    free(text);
    return status;
}
