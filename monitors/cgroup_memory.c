/* SPDX-License-Identifier: MIT
 *
 * /proc/self/cgroup names the path inside the hierarchy; inside a container the hierarchy may be mounted at that very
 * path, so a path that is not there is tried again from the root. */
#include "monitors/cgroup_memory.h"

#include "monitors/proc_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

/* The files of a version of cgroups. */
typedef struct hierarchy {
    const char *mount, *limit, *usage, *inactive, *active;
    const char *inherited; /* the smallest limit of a level and all above it, also of those out of sight; or NULL */
} hierarchy;

static const hierarchy version1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                                   "total_inactive_file ",  "total_active_file ",    "hierarchical_memory_limit "};
static const hierarchy version2 = {"/sys/fs/cgroup", "memory.max",   "memory.current",
                                   "inactive_file ", "active_file ", NULL};

/* Finds this process's path in the memory hierarchy: "N:memory:/path" in version 1, "0::/path" in version 2. */
static const hierarchy *find_path(const char *root, char path[PATH_BYTES]) {
    char text[16384];
    const hierarchy *found = NULL;
    if (!weft_proc_read(root, "/proc/self/cgroup", text, sizeof text)) return NULL;
    for (char *line = text, *end; *line != '\0'; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        else
            end = line + strlen(line);
        char *controllers = strchr(line, ':'), *at = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (at == NULL) continue;
        *at++ = '\0';
        bool memory = strstr(controllers + 1, "memory") != NULL, unified = controllers[1] == '\0';
        if (!memory && !(unified && found == NULL)) continue;
        found = memory ? &version1 : &version2;
        (void)snprintf(path, PATH_BYTES, "%s", strcmp(at, "/") == 0 ? "" : at);
        if (memory) return found;
    }
    return found;
}

static bool is_there(const char *root, const char *folder) {
    char whole[2 * PATH_BYTES];
    (void)snprintf(whole, sizeof whole, "%s%s", root, folder);
    return access(whole, F_OK) == 0;
}

/* What may be dropped at once when the cgroup is short. */
static int64_t reclaimable(const char *stat, const hierarchy *files) {
    int64_t inactive = 0, active = 0;
    (void)weft_proc_find(stat, files->inactive, &inactive);
    (void)weft_proc_find(stat, files->active, &active);
    return inactive + active;
}

static int64_t smaller_limit(int64_t limit, const char *stat, const hierarchy *files) {
    int64_t inherited;
    if (files->inherited == NULL || !weft_proc_find(stat, files->inherited, &inherited)) return limit;
    if (inherited < 0 || inherited >= WEFT_PROC_NO_LIMIT) return limit;
    return limit == 0 || inherited < limit ? inherited : limit;
}

static bool read_level(const char *root, const char *folder, const hierarchy *files, weft_memory_reading *out) {
    char path[2 * PATH_BYTES + 64], stat[8192];
    (void)snprintf(path, sizeof path, "%s/memory.stat", folder);
    if (!weft_proc_read(root, path, stat, sizeof stat)) stat[0] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", folder, files->limit);
    if (!weft_proc_read_limit(root, path, &out->limit_bytes)) return false;
    out->limit_bytes = smaller_limit(out->limit_bytes, stat, files);
    if (out->limit_bytes == 0) return false;
    (void)snprintf(path, sizeof path, "%s/%s", folder, files->usage);
    if (!weft_proc_read_number(root, path, &out->used_bytes)) return false;
    out->used_bytes -= reclaimable(stat, files);
    if (out->used_bytes < 0) out->used_bytes = 0;
    return true;
}

/* Calls for every level that has a limit, from this process's up. */
static void walk(const char *root, void (*take)(void *payload, const weft_memory_reading *level), void *payload) {
    char path[PATH_BYTES], folder[2 * PATH_BYTES];
    const hierarchy *files = find_path(root, path);
    if (files == NULL) return;
    (void)snprintf(folder, sizeof folder, "%s%s", files->mount, path);
    if (!is_there(root, folder)) path[0] = '\0';
    for (;;) {
        weft_memory_reading level;
        (void)snprintf(folder, sizeof folder, "%s%s", files->mount, path);
        if (read_level(root, folder, files, &level)) take(payload, &level);
        char *slash = strrchr(path, '/');
        if (slash == NULL) return;
        *slash = '\0';
    }
}

static double fullness(const weft_memory_reading *level) {
    return (double)level->used_bytes / (double)level->limit_bytes;
}

static void take_fullest(void *payload, const weft_memory_reading *level) {
    weft_memory_reading *fullest = payload;
    if (fullest->limit_bytes == 0 || fullness(level) > fullness(fullest)) *fullest = *level;
}

static void take_smallest(void *payload, const weft_memory_reading *level) {
    int64_t *smallest = payload;
    if (*smallest == 0 || level->limit_bytes < *smallest) *smallest = level->limit_bytes;
}

bool weft_cgroup_memory_read(const char *root, weft_memory_reading *out) {
    *out = (weft_memory_reading){0};
    walk(root, take_fullest, out);
    return out->limit_bytes > 0;
}

int64_t weft_cgroup_memory_limit(const char *root) {
    int64_t smallest = 0;
    walk(root, take_smallest, &smallest);
    return smallest;
}
