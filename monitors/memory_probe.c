/* SPDX-License-Identifier: MIT
 *
 * The probes that look at the running system. Each is a small struct behind the interface's two functions. */
#include "monitors/memory_probe.h"

#include "monitors/cgroup_memory.h"
#include "monitors/proc_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct system_probe {
    weft_memory_probe base;
    int64_t limit_bytes; /* the process probe's */
    int statm;           /* the process probe's, kept open: it must see when descriptors have run out; else -1 */
    char root[1024];     /* the others' */
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
    long long pages;
    ssize_t length = pread(probe->statm, text, sizeof text - 1, 0);
    if (length <= 0) return false;
    text[length] = '\0';
    if (sscanf(text, "%*s %lld", &pages) != 1) return false;
    out->used_bytes = pages * (int64_t)sysconf(_SC_PAGESIZE);
    out->limit_bytes = probe->limit_bytes;
    return true;
}

static bool read_cgroup(weft_memory_probe *base, weft_memory_reading *out) {
    return weft_cgroup_memory_read(((system_probe *)base)->root, out);
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

weft_status weft_process_probe_new(weft_memory_probe **out, int64_t limit_bytes, weft_error *err) {
    weft_status status = make(out, (weft_memory_probe){"process", read_process, free_probe}, limit_bytes, "", err);
    if (status == WEFT_OK) ((system_probe *)*out)->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    return status;
}

weft_status weft_cgroup_probe_new(weft_memory_probe **out, const char *root, weft_error *err) {
    return make(out, (weft_memory_probe){"cgroup", read_cgroup, free_probe}, 0, root, err);
}

weft_status weft_system_probe_new(weft_memory_probe **out, const char *root, weft_error *err) {
    return make(out, (weft_memory_probe){"system", read_system, free_probe}, 0, root, err);
}

bool weft_process_memory_read(weft_process_memory *out) {
    char text[8192];
    if (!weft_proc_read("", "/proc/self/status", text, sizeof text)) return false;
    bool ok = weft_proc_find(text, "VmRSS:", &out->resident_bytes) &&
              weft_proc_find(text, "VmHWM:", &out->peak_resident_bytes);
    if (!weft_proc_find(text, "RssAnon:", &out->anonymous_bytes)) out->anonymous_bytes = 0;
    out->resident_bytes *= 1024;
    out->peak_resident_bytes *= 1024;
    out->anonymous_bytes *= 1024;
    return ok;
}

static int64_t number_in(const char *variable) {
    const char *text = getenv(variable);
    char *end;
    if (text == NULL) return 0;
    long long value = strtoll(text, &end, 10);
    return end == text || value < 0 ? 0 : value;
}

/* Slurm gives memory in MiB, by node or by CPU. */
static int64_t slurm_grant(void) {
    const int64_t mib = 1024 * 1024;
    int64_t node = number_in("SLURM_MEM_PER_NODE");
    if (node > 0) return node * mib;
    return number_in("SLURM_MEM_PER_CPU") * number_in("SLURM_CPUS_ON_NODE") * mib;
}

void weft_memory_room_read(const char *root, weft_memory_room *out) {
    *out = (weft_memory_room){.cgroup_limit_bytes = weft_cgroup_memory_limit(root), .batch_limit_bytes = slurm_grant()};
    if (!read_meminfo(root, &out->total_bytes, &out->available_bytes)) out->total_bytes = out->available_bytes = 0;
}
