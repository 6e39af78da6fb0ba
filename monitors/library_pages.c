/* SPDX-License-Identifier: MIT
 *
 * Registering GDAL's drivers and opening a PROJ database reads some 30 MiB of code that a run never comes back to. A
 * mapping is left alone unless smaps says that all of it is as in its file: dropping a private copy would lose it, in
 * memory or in swap, where smaps counts it apart (proc(5)). */
#define _DEFAULT_SOURCE /* madvise */
#include "monitors/library_pages.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

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

void weft_library_pages_drop(const char *root) {
    mapping now = {0}, next;
    char line[1024];
    if (snprintf(line, sizeof line, "%s/proc/self/smaps", root) >= (int)sizeof line) return;
    FILE *file = fopen(line, "re");
    if (file == NULL) return;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strchr(line, '\n') == NULL) {
            /* A path longer than the line. */
            for (int c = fgetc(file); c != '\n' && c != EOF; c = fgetc(file)) {
            }
        }
        if (read_first(line, &next)) {
            drop(&now);
            now = next;
        } else {
            (void)sscanf(line, "Anonymous: %ld kB", &now.anonymous);
            (void)sscanf(line, "Swap: %ld kB", &now.swapped);
        }
    }
    drop(&now);
    (void)fclose(file);
}
