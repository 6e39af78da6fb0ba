/* SPDX-License-Identifier: MIT
 *
 * The probes that look at the running system. Each is a small struct behind the interface's two functions. */
#include "monitors/memory_probe.h"

#include "core/log.h"
#include "monitors/cgroup_memory.h"
#include "monitors/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

/* A run of the bundled sample uses half a MiB of library code for the first time after its plan stands; 16 MiB leave
 * room for codecs that it has not. */
#define LIBRARY_GROWTH (16 * MIB)

#define MAX_MEBIBYTES (INT64_C(1) << 20) /* a tebibyte of them, and as many CPUs, cannot overflow */

typedef struct system_probe {
    weft_memory_probe base;
    int64_t limit_bytes, library_bytes; /* the process probe's */
    int statm;          /* the process probe's, kept open: it must see when descriptors have run out; else -1 */
    char root[1024];    /* the others' */
    weft_cgroup cgroup; /* the cgroup probe's */
} system_probe;

static void free_probe(weft_memory_probe *probe) {
    int statm = ((system_probe *)probe)->statm;
    if (statm >= 0) close(statm);
    free(probe);
}

void weft_memory_probe_free(weft_memory_probe *probe) {
    if (probe != NULL) probe->free(probe);
}

static bool read_process(weft_memory_probe *base, weft_memory_reading *out) {
    const system_probe *probe = (system_probe *)base;
    char text[128];
    long long resident, shared;
    int64_t page = (int64_t)sysconf(_SC_PAGESIZE);
    ssize_t length = pread(probe->statm, text, sizeof text - 1, 0);
    if (length <= 0) return false;
    text[length] = '\0';
    if (sscanf(text, "%*s %lld %lld", &resident, &shared) != 2) return false;
    weft_process_memory now = {.resident_bytes = resident * page, .file_bytes = shared * page};
    out->used_bytes = weft_process_memory_held(&now, probe->library_bytes);
    out->limit_bytes = probe->limit_bytes;
    return true;
}

static bool read_cgroup(weft_memory_probe *base, weft_memory_reading *out) {
    const system_probe *probe = (system_probe *)base;
    weft_cgroup_memory memory;
    bool limited = weft_cgroup_memory_read(probe->root, &probe->cgroup, &memory);
    *out = memory.fullest;
    return limited;
}

static bool read_meminfo(const char *root, int64_t *total_bytes, int64_t *available_bytes) {
    char text[8192];
    if (!weft_proc_read(root, "/proc/meminfo", text, sizeof text)) return false;
    if (!weft_proc_find(text, "MemTotal:", total_bytes) || !weft_proc_find(text, "MemAvailable:", available_bytes))
        return false;
    *total_bytes *= 1024;
    *available_bytes *= 1024;
    return true;
}

static bool read_system(weft_memory_probe *base, weft_memory_reading *out) {
    int64_t available;
    if (!read_meminfo(((system_probe *)base)->root, &out->limit_bytes, &available)) return false;
    out->used_bytes = out->limit_bytes - available;
    return true;
}

static weft_status make(weft_memory_probe **out, weft_memory_probe base, int64_t limit_bytes, const char *root,
                        weft_error *err) {
    system_probe *probe = calloc(1, sizeof *probe);
    *out = NULL;
    if (probe == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the %s probe", base.name);
    if (strlen(root) >= sizeof probe->root) {
        free(probe);
        return weft_error_set(err, WEFT_ERR_INTERNAL, "%s: the path is too long", root);
    }
    probe->base = base;
    probe->limit_bytes = limit_bytes;
    probe->statm = -1;
    memcpy(probe->root, root, strlen(root) + 1);
    *out = &probe->base;
    return WEFT_OK;
}

weft_status weft_process_probe_new(weft_memory_probe **out, const char *name, int64_t limit_bytes, weft_error *err) {
    weft_status status =
        make(out, (weft_memory_probe){.name = name, .read = read_process, .free = free_probe}, limit_bytes, "", err);
    if (status != WEFT_OK) return status;
    system_probe *probe = (system_probe *)*out;
    weft_process_memory now = {0};
    (void)weft_process_memory_read(&now);
    probe->library_bytes = weft_process_library_bytes(&now);
    probe->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (probe->statm < 0)
        weft_log(WEFT_LOG_WARNING, "/proc/self/statm: %s: the %s probe does not see this run's memory", strerror(errno),
                 name);
    return WEFT_OK;
}

weft_status weft_cgroup_probe_new(weft_memory_probe **out, const char *root, weft_error *err) {
    weft_status status =
        make(out, (weft_memory_probe){.name = "cgroup", .read = read_cgroup, .free = free_probe}, 0, root, err);
    if (status == WEFT_OK) weft_cgroup_find(root, WEFT_CGROUP_MEMORY, &((system_probe *)*out)->cgroup);
    return status;
}

weft_status weft_system_probe_new(weft_memory_probe **out, const char *root, weft_error *err) {
    weft_memory_probe base = {.name = "system", .read = read_system, .free = free_probe, .is_shared = true};
    return make(out, base, 0, root, err);
}

bool weft_process_memory_read(weft_process_memory *out) {
    char text[8192];
    if (!weft_proc_read("", "/proc/self/status", text, sizeof text)) return false;
    bool ok = weft_proc_find(text, "VmRSS:", &out->resident_bytes) &&
              weft_proc_find(text, "VmHWM:", &out->peak_resident_bytes);
    if (!weft_proc_find(text, "RssAnon:", &out->anonymous_bytes)) out->anonymous_bytes = 0;
    if (!weft_proc_find(text, "RssFile:", &out->file_bytes)) out->file_bytes = 0;
    out->resident_bytes *= 1024;
    out->peak_resident_bytes *= 1024;
    out->anonymous_bytes *= 1024;
    out->file_bytes *= 1024;
    return ok;
}

int64_t weft_process_library_bytes(const weft_process_memory *now) {
    return now->file_bytes + LIBRARY_GROWTH;
}

int64_t weft_process_memory_held(const weft_process_memory *now, int64_t library_bytes) {
    int64_t data = now->file_bytes - library_bytes;
    return now->resident_bytes - (data > 0 ? data : 0);
}

static int64_t number_in(const char *variable) {
    const char *text = getenv(variable);
    char *end;
    if (text == NULL) return 0;
    long long value = strtoll(text, &end, 10);
    return end == text || value < 0 || value > MAX_MEBIBYTES ? 0 : value;
}

/* Slurm gives memory in MiB, by node, CPU or GPU (sbatch(1), output environment variables). */
static int64_t slurm_grant(void) {
    static const char *const shares[][2] = {{"SLURM_MEM_PER_CPU", "SLURM_CPUS_ON_NODE"},
                                            {"SLURM_MEM_PER_GPU", "SLURM_GPUS_ON_NODE"}};
    int64_t mebibytes = number_in("SLURM_MEM_PER_NODE");
    for (int i = 0; i < 2 && mebibytes == 0; i++)
        mebibytes = number_in(shares[i][0]) * number_in(shares[i][1]);
    return mebibytes * MIB;
}

void weft_memory_room_read(const char *root, weft_memory_room *out) {
    weft_cgroup cgroup;
    weft_cgroup_memory memory;
    weft_cgroup_find(root, WEFT_CGROUP_MEMORY, &cgroup);
    (void)weft_cgroup_memory_read(root, &cgroup, &memory);
    *out = (weft_memory_room){.cgroup_limit_bytes = memory.smallest.limit_bytes, .batch_limit_bytes = slurm_grant()};
    if (!read_meminfo(root, &out->total_bytes, &out->available_bytes)) out->total_bytes = out->available_bytes = 0;
}
