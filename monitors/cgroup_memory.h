/* Between the files of this folder only: which cgroup this process is in, and what it and those above it may hold.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_CGROUP_MEMORY_H
#define WEFT_MONITORS_CGROUP_MEMORY_H

#include "monitors/memory_probe.h"

#define WEFT_CGROUP_PATH_BYTES 4096

/* This process's place in a hierarchy. */
typedef struct weft_cgroup {
    int version;                         /* 1, 2; 0: there is none */
    char folder[WEFT_CGROUP_PATH_BYTES]; /* absolute, without the root */
    size_t mount_length;                 /* of `folder`: levels above are out of sight */
} weft_cgroup;

/* Levels without a limit have no part in either. */
typedef struct weft_cgroup_memory {
    weft_memory_reading smallest; /* the smallest limit of all levels, and the usage of that level */
    weft_memory_reading fullest;  /* the level nearest to its limit, where the kernel will act first */
} weft_cgroup_memory;

/* Looks once at /proc/self/cgroup and /proc/self/mountinfo. Where the latter cannot be read, hierarchies are looked for
 * where they usually are.
 *
 * root     put before /proc and /sys
 * unified  version 2's place, also where version 1 accounts for the memory; else the place that does */
void weft_cgroup_find(const char *root, bool unified, weft_cgroup *out);

/* From this process's level up to the mount. Usage leaves the file cache out, active and inactive. A limit is
 * memory.max or memory.high (version 2: above the latter a process is slowed down until it is as good as stopped), or
 * memory.limit_in_bytes and what is inherited from levels out of sight (version 1). False: no cgroup limits memory
 * here. Does not allocate. */
bool weft_cgroup_memory_read(const char *root, const weft_cgroup *cgroup, weft_cgroup_memory *out);

#endif
