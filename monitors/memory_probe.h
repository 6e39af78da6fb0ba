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
    const char *name; /* its kind's */
    /* Takes a reading. False: this probe cannot see here (no cgroup, no /proc). The monitor's thread only. */
    bool (*read)(weft_memory_probe *probe, weft_memory_reading *out);
    void (*free)(weft_memory_probe *probe);
    bool is_shared;     /* others' memory as well: it has a say only where less is left than the run's limit */
    bool is_share;      /* its readings are a share of something else than bytes */
    bool needs_witness; /* counts only while another probe is less than 10 points under the warning level */
};

#define WEFT_MAX_PROBES 8 /* of one run */

/* What probes look at.
 * root               put before /proc and /sys, "" for the real ones; it outlives the probes
 * limit_bytes        what the process may hold (memory.limit)
 * batch_limit_bytes  what a batch scheduler grants, 0: nothing
 * warning_percent    the level at which a warning begins */
typedef struct weft_probe_setup {
    const char *root;
    int64_t limit_bytes, batch_limit_bytes;
    double warning_percent;
} weft_probe_setup;

/* A probe of each kind that has something to look at here. On an error those that were made are in `out` too. */
weft_status weft_memory_probes_make(weft_memory_probe *out[WEFT_MAX_PROBES], int *count, const weft_probe_setup *setup,
                                    weft_error *err);
/* A probe of one kind; NULL where it has nothing to look at. */
weft_status weft_memory_probe_new(weft_memory_probe **out, const char *name, const weft_probe_setup *setup,
                                  weft_error *err);
void weft_memory_probe_free(weft_memory_probe *probe);

#endif
