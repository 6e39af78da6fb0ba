/* How much memory there is for a run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_ROOM_H
#define WEFT_MONITORS_MEMORY_ROOM_H

#include <stdbool.h>
#include <stdint.h>

/* What a limit can be taken from; 0 where there is none. */
typedef struct weft_memory_room {
    int64_t total_bytes, available_bytes;
    int64_t cgroup_limit_bytes; /* the smallest of all levels */
    int64_t batch_limit_bytes;
} weft_memory_room;
/* root is put before /proc and /sys, "" for the real ones; batch_limit: Slurm's grant, in MiB: SLURM_MEM_PER_NODE, or
 * SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE, or SLURM_MEM_PER_GPU x SLURM_GPUS_ON_NODE. */
void weft_memory_room_read(const char *root, weft_memory_room *out);

/* The machine's memory, from /proc/meminfo under `root`. False: it cannot be read. */
bool weft_meminfo_read(const char *root, int64_t *total_bytes, int64_t *available_bytes);

#endif
