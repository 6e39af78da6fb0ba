/* SPDX-License-Identifier: MIT
 *
 * Registering GDAL's drivers and opening a PROJ database reads some 30 MiB of code that a run never comes back to. A
 * mapping is left alone unless smaps says that all of it is as in its file: dropping a private copy would lose it, in
 * memory or in swap, where smaps counts it apart (proc(5)). */
#define _DEFAULT_SOURCE /* madvise */
#include "monitors/library_pages.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct mapping {
    unsigned long start, end;
    bool plain;     /* private, not writable, of a file */
    long anonymous; /* kB of pages of its own: in memory, and swapped out */
    long swapped;
} mapping;

static void drop(const mapping *of) {
    if (of->plain && of->anonymous == 0 && of->swapped == 0)
        (void)madvise((void *)of->start, of->end - of->start, MADV_DONTNEED);
}

/* A mapping's first line: addresses, permissions, offset, device, inode and the file's path. */
static bool read_first(const char *line, mapping *out) {
    char permissions[5];
    unsigned long inode;
    if (sscanf(line, "%lx-%lx %4s %*x %*s %lu", &out->start, &out->end, permissions, &inode) != 4) return false;
    out->plain = inode != 0 && permissions[0] == 'r' && permissions[1] == '-' && permissions[3] == 'p' &&
                 strchr(line, '/') != NULL;
    out->anonymous = out->swapped = -1;
    return true;
}

/* The number of kB behind this name, if the line has it. Nearly all of smaps' lines have another: asking sscanf() of each
 * took a seventeenth of a short run's instructions. */
static void take_number(const char *line, const char *name, long *out) {
    size_t length = strlen(name);
    if (strncmp(line, name, length) == 0) (void)sscanf(line + length, "%ld kB", out);
}

static void take_line(const char *line, mapping *now) {
    mapping next;
    bool is_named = *line >= 'A' && *line <= 'Z'; /* addresses are in lower case */
    if (!is_named && read_first(line, &next)) {
        drop(now);
        *now = next;
    } else {
        take_number(line, "Anonymous:", &now->anonymous);
        take_number(line, "Swap:", &now->swapped);
    }
}

/* Read without stdio, which asks for memory: a plan would say other numbers where that is refused. */
void weft_library_pages_drop(const char *root) {
    mapping now = {0};
    char bytes[4096], line[1024];
    size_t length = 0;
    if (snprintf(line, sizeof line, "%s/proc/self/smaps", root) >= (int)sizeof line) return;
    int fd = open(line, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    for (ssize_t got; (got = read(fd, bytes, sizeof bytes)) > 0;) {
        for (const char *at = bytes; at < bytes + got; at++) {
            if (*at != '\n') {
                if (length < sizeof line - 1) line[length++] = *at; /* what is longer is a path */
                continue;
            }
            line[length] = '\0';
            take_line(line, &now);
            length = 0;
        }
    }
    drop(&now);
    (void)close(fd);
}
