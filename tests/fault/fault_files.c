/* SPDX-License-Identifier: MIT
 *
 * Paths are never freed while the program runs: a call of another thread may be looking at one. */
#include "fault/fault_files.h"

#include "fault/fault_rules.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MOST 4096

static char *_Atomic paths[MOST];

bool fault_files_resolve(int folder_fd, const char *path, char out[FAULT_PATH_BYTES]) {
    int length;
    if (path[0] == '/') {
        length = snprintf(out, FAULT_PATH_BYTES, "%s", path);
    } else {
        char folder[4096];
        if (folder_fd != AT_FDCWD || getcwd(folder, sizeof folder) == NULL) return false;
        length = snprintf(out, FAULT_PATH_BYTES, "%s/%s", folder, path);
    }
    return length > 0 && length < FAULT_PATH_BYTES && fault_rules_cover(out);
}

void fault_files_add(int fd, const char *path) {
    if (fd >= 0 && fd < MOST) atomic_store(&paths[fd], strdup(path));
}

void fault_files_remove(int fd) {
    if (fd >= 0 && fd < MOST) atomic_store(&paths[fd], NULL);
}

const char *fault_files_path(int fd) {
    return fd >= 0 && fd < MOST ? atomic_load(&paths[fd]) : NULL;
}
