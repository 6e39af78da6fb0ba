/* SPDX-License-Identifier: MIT */
#include "monitors/memory_room.h"

#include "core/memory/units.h"
#include "monitors/cgroup_memory.h"
#include "monitors/proc_file.h"

#include <stdlib.h>

#define MAX_MEBIBYTES (INT64_C(1) << 20) /* a tebibyte of them, and as many CPUs, cannot overflow */

bool weft_meminfo_read(const char *root, int64_t *total_bytes, int64_t *available_bytes) {
    char text[8192];
    if (!weft_proc_read(root, "/proc/meminfo", text, sizeof text)) return false;
    if (!weft_proc_find(text, "MemTotal:", total_bytes) || !weft_proc_find(text, "MemAvailable:", available_bytes))
        return false;
    *total_bytes *= 1024;
    *available_bytes *= 1024;
    return true;
}

static int64_t number_in(const char *variable) {
    const char *text = getenv(variable);
    char *end;
    if (text == NULL) return 0;
    long long value = strtoll(text, &end, 10);
    return end == text || *end != '\0' || value < 0 || value > MAX_MEBIBYTES ? 0 : value;
}

/* Slurm gives memory in MiB, by node, CPU or GPU (sbatch(1), output environment variables). */
static int64_t slurm_grant(void) {
    static const char *const shares[][2] = {{"SLURM_MEM_PER_CPU", "SLURM_CPUS_ON_NODE"},
                                            {"SLURM_MEM_PER_GPU", "SLURM_GPUS_ON_NODE"}};
    int64_t mebibytes = number_in("SLURM_MEM_PER_NODE");
    for (int i = 0; i < 2 && mebibytes == 0; i++)
        mebibytes = number_in(shares[i][0]) * number_in(shares[i][1]);
    return mebibytes * WEFT_MIB;
}

void weft_memory_room_read(const char *root, weft_memory_room *out) {
    weft_cgroup cgroup;
    weft_cgroup_memory memory;
    weft_cgroup_find(root, WEFT_CGROUP_MEMORY, &cgroup);
    (void)weft_cgroup_memory_read(root, &cgroup, &memory);
    *out = (weft_memory_room){.cgroup_limit_bytes = memory.smallest.limit_bytes, .batch_limit_bytes = slurm_grant()};
    if (!weft_meminfo_read(root, &out->total_bytes, &out->available_bytes)) out->total_bytes = out->available_bytes = 0;
}
