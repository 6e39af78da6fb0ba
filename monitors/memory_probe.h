/* Ways of seeing how much memory is in use: the process's own, its cgroup's, the machine's, and a script's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_PROBE_H
#define WEFT_MONITORS_MEMORY_PROBE_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_memory_reading {
    int64_t used_bytes, limit_bytes; /* limit_bytes 0: no limit, the reading has no say */
} weft_memory_reading;

typedef struct weft_memory_probe weft_memory_probe;
struct weft_memory_probe {
    const char *name; /* "process", "cgroup", "system", "scripted" */
    /* Takes a reading. False: this probe cannot see here (no cgroup, no /proc). The monitor's thread only. */
    bool (*read)(weft_memory_probe *probe, weft_memory_reading *out);
    void (*free)(weft_memory_probe *probe);
};

/* Resident memory of this process (statm) against `limit_bytes`. Cheap: one small read. */
weft_status weft_process_probe_new(weft_memory_probe **out, int64_t limit_bytes, weft_error *err);

/* The cgroup's usage, reclaimable cache left out, against the smallest limit on the path to the root (v1 and v2).
 * root     put before /proc and /sys, "" for the real ones */
weft_status weft_cgroup_probe_new(weft_memory_probe **out, const char *root, weft_error *err);

/* MemTotal - MemAvailable against MemTotal. */
weft_status weft_system_probe_new(weft_memory_probe **out, const char *root, weft_error *err);

/* Percentages one after the other, the last one for ever. `percents` is copied. */
weft_status weft_scripted_probe_new(weft_memory_probe **out, const double *percents, int count, weft_error *err);

/* Reads a script from a file, for tests of the whole program: one percentage a line, "*N" repeats it N samples, e.g.
 * "40 *10". Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_DATA. */
weft_status weft_scripted_probe_open(weft_memory_probe **out, const char *path, weft_error *err);

void weft_memory_probe_free(weft_memory_probe *probe);

/* What this process holds now. */
typedef struct weft_process_memory {
    int64_t resident_bytes, anonymous_bytes, peak_resident_bytes; /* peak: VmHWM */
} weft_process_memory;
bool weft_process_memory_read(weft_process_memory *out);

/* What a limit can be taken from; 0 where there is none. */
typedef struct weft_memory_room {
    int64_t total_bytes, available_bytes, cgroup_limit_bytes, batch_limit_bytes;
} weft_memory_room;
/* root as above; batch_limit: SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE, in MiB. */
void weft_memory_room_read(const char *root, weft_memory_room *out);

#endif
