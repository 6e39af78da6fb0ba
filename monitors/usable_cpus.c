/* SPDX-License-Identifier: MIT
 *
 * Affinity is what the process may run on, the quota how much of it at a time: half a CPU still runs one thread. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "monitors/usable_cpus.h"

#include "monitors/cgroup_place.h"
#include "monitors/proc_file.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>

#define MAX_MASK_BITS (1 << 20)

/* The kernel's mask may be larger than a cpu_set_t; how large, only trying tells (sched_setaffinity(2)). */
static int affinity_cpus(void) {
    int count = 0;
    bool too_small = true;
    for (size_t bits = CPU_SETSIZE; too_small && bits <= MAX_MASK_BITS; bits *= 2) {
        size_t size = CPU_ALLOC_SIZE(bits);
        cpu_set_t *set = CPU_ALLOC(bits);
        if (set == NULL) break;
        bool known = sched_getaffinity(0, size, set) == 0;
        too_small = !known && errno == EINVAL;
        if (known) count = CPU_COUNT_S(size, set);
        CPU_FREE(set);
    }
    return count > 0 ? count : 1;
}

/* CPUs granted at one level, or 0 where it grants without bound. */
static double level_quota(const char *root, const weft_cgroup *level) {
    char path[WEFT_CGROUP_PATH_BYTES + 64], text[128];
    int64_t quota = -1, period = 0;
    if (level->version == 2) {
        long long max, every;
        (void)snprintf(path, sizeof path, "%s/cpu.max", level->folder);
        if (!weft_proc_read(root, path, text, sizeof text)) return 0;
        if (sscanf(text, "%lld %lld", &max, &every) == 2) quota = max, period = every;
    } else {
        (void)snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", level->folder);
        if (!weft_proc_read_number(root, path, &quota)) return 0;
        (void)snprintf(path, sizeof path, "%s/cpu.cfs_period_us", level->folder);
        if (!weft_proc_read_number(root, path, &period)) return 0;
    }
    return quota > 0 && period > 0 ? (double)quota / (double)period : 0;
}

int weft_usable_cpus(const char *root) {
    int cpus = affinity_cpus();
    weft_cgroup level;
    weft_cgroup_find(root, WEFT_CGROUP_CPU, &level);
    if (level.version == 0) return cpus;
    do {
        double quota = level_quota(root, &level);
        if (quota > 0 && quota < cpus) cpus = quota < 1 ? 1 : (int)(quota + 0.5);
    } while (weft_cgroup_go_up(&level));
    return cpus;
}
