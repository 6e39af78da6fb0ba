/* Between the files of this folder only: which cgroup this process is in, and the memory of the tightest level above
 * it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_CGROUP_MEMORY_H
#define WEFT_MONITORS_CGROUP_MEMORY_H

#include "monitors/memory_probe.h"

/* The level, from this process's cgroup up to the root of what it sees, that is fullest against its limit: its usage
 * without reclaimable file cache, and its limit. False: no cgroup limits memory here.
 *
 * root  put before /proc and /sys */
bool weft_cgroup_memory_read(const char *root, weft_memory_reading *out);

/* The smallest limit of all levels, or 0. */
int64_t weft_cgroup_memory_limit(const char *root);

#endif
