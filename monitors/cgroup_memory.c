/* SPDX-License-Identifier: MIT
 *
 * The two versions say the same in files of other names; what differs is in a table. */
#include "monitors/cgroup_memory.h"

#include "monitors/proc_file.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES WEFT_CGROUP_PATH_BYTES

/* The files of a version of cgroups. */
typedef struct hierarchy {
    const char *limits[2], *usage, *inactive, *active;
    const char *inherited; /* the smallest limit of a level and all above it, also of those out of sight; or NULL */
} hierarchy;

static const hierarchy versions[] = {
    [1] = {{"memory.limit_in_bytes", NULL},
           "memory.usage_in_bytes",
           "total_inactive_file ",
           "total_active_file ",
           "hierarchical_memory_limit "},
    [2] = {{"memory.max", "memory.high"}, "memory.current", "inactive_file ", "active_file ", NULL},
};

/* What may be dropped at once when the cgroup is short. */
static int64_t file_cache(const char *stat, const hierarchy *files) {
    int64_t inactive = 0, active = 0;
    (void)weft_proc_find(stat, files->inactive, &inactive);
    (void)weft_proc_find(stat, files->active, &active);
    return inactive + active;
}

static void take_limit(int64_t *smallest, int64_t limit) {
    if (limit <= 0 || limit >= WEFT_PROC_NO_LIMIT) return;
    if (*smallest == 0 || limit < *smallest) *smallest = limit;
}

static int64_t read_limit(const char *root, const char *folder, const char *stat, const hierarchy *files) {
    char path[PATH_BYTES + 64];
    int64_t smallest = 0, limit;
    for (int i = 0; i < 2 && files->limits[i] != NULL; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files->limits[i]);
        if (weft_proc_read_limit(root, path, &limit)) take_limit(&smallest, limit);
    }
    if (files->inherited != NULL && weft_proc_find(stat, files->inherited, &limit)) take_limit(&smallest, limit);
    return smallest;
}

static void read_stat(const char *root, const char *folder, char *out, size_t size) {
    char path[PATH_BYTES + 64];
    (void)snprintf(path, sizeof path, "%s/memory.stat", folder);
    if (!weft_proc_read(root, path, out, size)) out[0] = '\0';
}

static bool read_level(const char *root, const char *folder, const hierarchy *files, weft_memory_reading *out) {
    char path[PATH_BYTES + 64], stat[8192] = "";
    /* The kernel adds it up over all CPUs and levels below: it is not read where it does not matter. */
    if (files->inherited != NULL) read_stat(root, folder, stat, sizeof stat);
    out->limit_bytes = read_limit(root, folder, stat, files);
    if (out->limit_bytes == 0) return false;
    if (files->inherited == NULL) read_stat(root, folder, stat, sizeof stat);
    (void)snprintf(path, sizeof path, "%s/%s", folder, files->usage);
    if (!weft_proc_read_number(root, path, &out->used_bytes)) return false;
    out->used_bytes -= file_cache(stat, files);
    if (out->used_bytes < 0) out->used_bytes = 0;
    return true;
}

static double fullness(weft_memory_reading level) {
    return (double)level.used_bytes / (double)level.limit_bytes;
}

bool weft_cgroup_memory_read(const char *root, const weft_cgroup *cgroup, weft_cgroup_memory *out) {
    weft_cgroup at = *cgroup;
    *out = (weft_cgroup_memory){0};
    if (cgroup->version == 0) return false;
    do {
        weft_memory_reading level;
        if (!read_level(root, at.folder, &versions[at.version], &level)) continue;
        bool first = out->smallest.limit_bytes == 0;
        /* Of equal limits the upper one's counts, where it was set: what a level inherits is its own and others'. */
        if (first || level.limit_bytes <= out->smallest.limit_bytes) out->smallest = level;
        if (first || fullness(level) > fullness(out->fullest)) out->fullest = level;
    } while (weft_cgroup_go_up(&at));
    return out->smallest.limit_bytes > 0;
}
