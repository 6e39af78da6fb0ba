/* SPDX-License-Identifier: MIT
 *
 * Registering GDAL's drivers and opening a PROJ database reads some 30 MiB of code that a run never comes back to. A
 * mapping is left alone unless all of its pages are as in its file: dropping a private copy would lose it, in memory or in
 * swap. pagemap tells that a page at a time, a bit each (Documentation/admin-guide/mm/pagemap.rst). smaps tells it too,
 * but counts and words twenty other things of each of hundreds of mappings: that took a twelfth of a short run. */
#define _DEFAULT_SOURCE /* madvise */
#include "monitors/library_pages.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IN_MEMORY (UINT64_C(1) << 63)
#define IN_SWAP   (UINT64_C(1) << 62)
#define IN_FILE   (UINT64_C(1) << 61) /* of a page in memory: it is the file's */

typedef struct mapping {
    unsigned long start, end;
} mapping;

/* A line of maps: addresses, permissions, offset, device, inode and the file's path. Whether it is of a file, private
 * and not writable. */
static bool read_mapping(const char *line, mapping *out) {
    char permissions[5];
    unsigned long inode;
    if (sscanf(line, "%lx-%lx %4s %*x %*s %lu", &out->start, &out->end, permissions, &inode) != 4) return false;
    return inode != 0 && permissions[0] == 'r' && permissions[1] == '-' && permissions[3] == 'p' &&
           strchr(line, '/') != NULL;
}

/* Whether pagemap says of every page that it is not the process's own. */
static bool is_clean(const mapping *of, int pagemap) {
    uint64_t pages[512];
    unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    for (unsigned long at = of->start / page, end = of->end / page; at < end;) {
        size_t count = end - at < 512 ? end - at : 512;
        ssize_t bytes = (ssize_t)(count * sizeof *pages);
        if (pread(pagemap, pages, (size_t)bytes, (off_t)(at * sizeof *pages)) != bytes) return false;
        for (size_t i = 0; i < count; i++)
            if ((pages[i] & IN_SWAP) != 0 || (pages[i] & (IN_MEMORY | IN_FILE)) == IN_MEMORY) return false;
        at += count;
    }
    return true;
}

static void take_line(const char *line, int pagemap) {
    mapping now;
    if (read_mapping(line, &now) && is_clean(&now, pagemap))
        (void)madvise((void *)now.start, now.end - now.start, MADV_DONTNEED);
}

/* Read without stdio, which asks for memory: a plan would say other numbers where that is refused. */
static void drop_all(int maps, int pagemap) {
    char bytes[4096], line[1024];
    size_t length = 0;
    for (ssize_t got; (got = read(maps, bytes, sizeof bytes)) > 0;) {
        for (const char *at = bytes; at < bytes + got; at++) {
            if (*at != '\n') {
                if (length < sizeof line - 1) line[length++] = *at; /* what is longer is a path */
                continue;
            }
            line[length] = '\0';
            take_line(line, pagemap);
            length = 0;
        }
    }
}

static int open_in(const char *root, const char *name) {
    char path[1024];
    if (snprintf(path, sizeof path, "%s/proc/self/%s", root, name) >= (int)sizeof path) return -1;
    return open(path, O_RDONLY | O_CLOEXEC);
}

void weft_library_pages_drop(const char *root) {
    int maps = open_in(root, "maps"), pagemap = open_in(root, "pagemap");
    if (maps >= 0 && pagemap >= 0) drop_all(maps, pagemap);
    if (maps >= 0) (void)close(maps);
    if (pagemap >= 0) (void)close(pagemap);
}
