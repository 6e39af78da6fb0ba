/* Between the files of this folder only: what the cgroup of this process, and those above it, may hold.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_CGROUP_MEMORY_H
#define WEFT_MONITORS_CGROUP_MEMORY_H

#include "monitors/cgroup_place.h"
#include "monitors/memory_reading.h"

/* Levels without a limit have no part in either. */
typedef struct weft_cgroup_memory {
    weft_memory_reading smallest; /* the smallest limit of all levels, and the usage of that level */
    weft_memory_reading fullest;  /* the level nearest to its limit, where the kernel will act first */
} weft_cgroup_memory;

/* From this process's level up to the mount. Usage leaves the file cache out, active and inactive. A limit is
 * memory.max or memory.high (version 2: above the latter a process is slowed down until it is as good as stopped), or
 * memory.limit_in_bytes and what is inherited from levels out of sight (version 1). False: no cgroup limits memory
 * here. Does not allocate. */
bool weft_cgroup_memory_read(const char *root, const weft_cgroup *cgroup, weft_cgroup_memory *out);

#endif
