/* Ways of seeing how much memory is in use: the process's own, its cgroup's, the machine's, and by how long tasks wait
 * for memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_PROBE_H
#define WEFT_MONITORS_MEMORY_PROBE_H

#include "core/status.h"
#include "monitors/memory_reading.h"

typedef struct weft_memory_probe weft_memory_probe;
struct weft_memory_probe {
    const char *name; /* "process", "batch", "cgroup", "system", "pressure" */
    /* Takes a reading. False: this probe cannot see here (no cgroup, no /proc). The monitor's thread only. */
    bool (*read)(weft_memory_probe *probe, weft_memory_reading *out);
    void (*free)(weft_memory_probe *probe);
    bool is_shared;     /* others' memory as well: it has a say only where less is left than the run's limit */
    bool is_share;      /* its readings are a share of something else than bytes */
    bool needs_witness; /* counts only while another probe is less than 10 points under the warning level */
};

/* What this process holds (statm; weft_process_memory_held()) against `limit_bytes`. Cheap: one small read.
 * A statm that cannot be opened is warned of, and then it sees nothing.
 * name     a constant: "process" against memory.limit, "batch" against what a batch scheduler grants */
weft_status weft_process_probe_new(weft_memory_probe **out, const char *name, int64_t limit_bytes, weft_error *err);

/* The cgroup's usage, file cache left out, against its limit (v1 and v2): of all levels on the path to the root, the
 * one that is nearest to its limit, which need not be the one with the smallest.
 * root     put before /proc and /sys, "" for the real ones */
weft_status weft_cgroup_probe_new(weft_memory_probe **out, const char *root, weft_error *err);

/* MemTotal - MemAvailable against MemTotal. */
weft_status weft_system_probe_new(weft_memory_probe **out, const char *root, weft_error *err);

/* The time that tasks stall for want of memory (PSI), of this process's cgroup (version 2) or else of the machine: at a
 * fifth of the time, usage is `warning_percent`; it never says more. The kernel tells of it (a trigger on a window of
 * 1 s, or of 2 s where only that is allowed); where it may not be asked, its counter is read. It needs a witness, since
 * reading files through a small cgroup stalls as well.
 * MEMORY_PRESSURE_WATCH and MEMORY_PRESSURE_WRITE (systemd's protocol) name another file, FIFO or socket to watch,
 * which is believed; /dev/null: nothing is watched. */
weft_status weft_pressure_probe_new(weft_memory_probe **out, const char *root, double warning_percent, weft_error *err);

void weft_memory_probe_free(weft_memory_probe *probe);

/* What this process has in memory now. */
typedef struct weft_process_memory {
    int64_t resident_bytes, anonymous_bytes;
    int64_t file_bytes;          /* mapped files, libraries among them */
    int64_t peak_resident_bytes; /* VmHWM */
} weft_process_memory;
bool weft_process_memory_read(weft_process_memory *out);

/* What libraries may hold of mapped files: what is mapped now, and some more as code is used for the first time. */
int64_t weft_process_library_bytes(const weft_process_memory *now);
/* What counts against a limit: all but mapped files beyond `library_bytes`, which the kernel takes back when it needs
 * to. */
int64_t weft_process_memory_held(const weft_process_memory *now, int64_t library_bytes);

/* What a limit can be taken from; 0 where there is none. */
typedef struct weft_memory_room {
    int64_t total_bytes, available_bytes;
    int64_t cgroup_limit_bytes; /* the smallest of all levels */
    int64_t batch_limit_bytes;
} weft_memory_room;
/* root as above; batch_limit: Slurm's grant, in MiB: SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE, or
 * SLURM_MEM_PER_GPU x SLURM_GPUS_ON_NODE. */
void weft_memory_room_read(const char *root, weft_memory_room *out);

#endif
