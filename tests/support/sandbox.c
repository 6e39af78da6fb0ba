/* SPDX-License-Identifier: MIT
 *
 * The shell does the redirecting; files hold what was said, so that nothing blocks on a full pipe. */
#include "support/sandbox.h"

#include "support/cmocka_all.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[4096];

int sandbox_setup(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/weft-test-XXXXXX", base);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) return -1;
    setenv("WEFT", WEFT_PROGRAM, 1);
    setenv("SAMPLE", WEFT_SAMPLE, 1);
    return 0;
}

int sandbox_teardown(void **state) {
    (void)state;
    char command[2 * sizeof folder + 64];
    (void)snprintf(command, sizeof command, "chmod -R u+rwX '%s' && rm -rf '%s'", folder, folder);
    if (chdir("/") != 0) return -1;
    return system(command) == 0 ? 0 : -1;
}

const char *sandbox_folder(void) {
    return folder;
}

void sandbox_write(const char *name, const char *text) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

char *sandbox_read(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s is not there", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    text[size] = '\0';
    (void)fclose(file);
    if (length != NULL) *length = (size_t)size;
    return text;
}

bool sandbox_exists(const char *path) {
    return access(path, F_OK) == 0;
}

bool sandbox_same(const char *a, const char *b) {
    FILE *files[2] = {fopen(a, "rb"), fopen(b, "rb")};
    static char bytes[2][1 << 16];
    bool same = files[0] != NULL && files[1] != NULL;
    while (same) {
        size_t first = fread(bytes[0], 1, sizeof bytes[0], files[0]);
        size_t second = fread(bytes[1], 1, sizeof bytes[1], files[1]);
        same = first == second && memcmp(bytes[0], bytes[1], first) == 0;
        if (first == 0) break;
    }
    for (int i = 0; i < 2; i++)
        if (files[i] != NULL) (void)fclose(files[i]);
    return same;
}

static sandbox_result run(const char *format, va_list args) {
    char command[8192], whole[8192 + 2 * sizeof folder + 64];
    assert_true(vsnprintf(command, sizeof command, format, args) < (int)sizeof command);
    (void)snprintf(whole, sizeof whole, "{ %s\n} >'%s/.out' 2>'%s/.err'", command, folder, folder);
    int status = system(whole);
    char path[4200];
    sandbox_result result = {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
    (void)snprintf(path, sizeof path, "%s/.out", folder);
    result.out = sandbox_read(path, NULL);
    (void)snprintf(path, sizeof path, "%s/.err", folder);
    result.err = sandbox_read(path, NULL);
    return result;
}

sandbox_result sandbox_run(const char *format, ...) {
    va_list args;
    va_start(args, format);
    sandbox_result result = run(format, args);
    va_end(args);
    return result;
}

void sandbox_result_free(sandbox_result *result) {
    free(result->out);
    free(result->err);
    *result = (sandbox_result){0};
}

char *sandbox_succeed(const char *format, ...) {
    va_list args;
    va_start(args, format);
    sandbox_result result = run(format, args);
    va_end(args);
    if (result.exit_code != 0) fail_msg("exit code %d: %s\n%s", result.exit_code, format, result.err);
    free(result.err);
    return result.out;
}

pid_t sandbox_start(const char *command) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

int sandbox_end_of(pid_t child) {
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
