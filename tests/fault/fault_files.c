/* SPDX-License-Identifier: MIT
 *
 * Each path is kept once, for as long as the program runs: a call of another thread may be looking at it. */
#include "fault/fault_files.h"

#include "fault/fault_rules.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX 4096

static char *_Atomic paths[MAX];

static bool path_of(int folder_fd, char *out, size_t capacity) {
    char link[64];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", folder_fd);
    ssize_t length = readlink(link, out, capacity - 1);
    if (length > 0) out[length] = '\0';
    return length > 0;
}

bool fault_files_resolve(int folder_fd, const char *path, char out[FAULT_PATH_BYTES]) {
    int length;
    if (path[0] == '/') {
        length = snprintf(out, FAULT_PATH_BYTES, "%s", path);
    } else {
        char folder[4096];
        if (folder_fd == AT_FDCWD ? getcwd(folder, sizeof folder) == NULL : !path_of(folder_fd, folder, sizeof folder))
            return false;
        length = snprintf(out, FAULT_PATH_BYTES, "%s/%s", folder, path);
    }
    return length > 0 && length < FAULT_PATH_BYTES && fault_rules_cover(out);
}

static char *keep(const char *path) {
    static char **kept;
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(kept[i], path) == 0) return kept[i];
    char **more = realloc(kept, (count + 1) * sizeof *more);
    if (more == NULL) _exit(99);
    kept = more;
    kept[count] = strdup(path);
    if (kept[count] == NULL) _exit(99);
    return kept[count++];
}

void fault_files_add(int fd, const char *path) {
    if (fd >= 0 && fd < MAX) atomic_store(&paths[fd], keep(path));
}

void fault_files_remove(int fd) {
    if (fd >= 0 && fd < MAX) atomic_store(&paths[fd], NULL);
}

const char *fault_files_path(int fd) {
    return fd >= 0 && fd < MAX ? atomic_load(&paths[fd]) : NULL;
}
