/* The machine's CPU count says little in a container: affinity and the cgroup's quota say what this process may use.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity */
#include "core/work_pool.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static int affinity_cpus(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

static bool read_first_line(const char *root, const char *folder, const char *file, char *out, int size) {
    char path[1024];
    if (snprintf(path, sizeof path, "%s/sys/fs/cgroup%s/%s", root, folder, file) >= (int)sizeof path) return false;
    FILE *stream = fopen(path, "r");
    if (stream == NULL) return false;
    bool got = fgets(out, size, stream) != NULL;
    fclose(stream);
    return got;
}

/* CPUs granted in one cgroup folder, or 0 where it grants without bound. */
static double folder_quota(const char *root, const char *folder, bool v2) {
    char line[128];
    long long quota = -1, period = 0;
    if (v2) {
        if (!read_first_line(root, folder, "cpu.max", line, sizeof line)) return 0;
        if (sscanf(line, "%lld %lld", &quota, &period) != 2) return 0;
    } else {
        if (!read_first_line(root, folder, "cpu.cfs_quota_us", line, sizeof line)) return 0;
        if (sscanf(line, "%lld", &quota) != 1) return 0;
        if (!read_first_line(root, folder, "cpu.cfs_period_us", line, sizeof line)) return 0;
        if (sscanf(line, "%lld", &period) != 1) return 0;
    }
    return quota > 0 && period > 0 ? (double)quota / (double)period : 0;
}

/* The smallest quota from `folder` up to the hierarchy's mount. */
static double path_quota(const char *root, char *folder, size_t mount_length, bool v2) {
    double least = 0;
    for (;;) {
        double quota = folder_quota(root, folder, v2);
        if (quota > 0 && (least <= 0 || quota < least)) least = quota;
        char *slash = strrchr(folder, '/');
        if (slash == NULL || strlen(folder) <= mount_length) return least;
        *slash = '\0';
    }
}

static bool has_controller(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0')) return true;
    return false;
}

static double cgroup_quota(const char *root) {
    char path[1024], line[1024];
    if (snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= (int)sizeof path) return 0;
    FILE *stream = fopen(path, "r");
    double least = 0;
    if (stream == NULL) return 0;
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':'), *place = controllers ? strchr(controllers + 1, ':') : NULL;
        if (place == NULL) continue;
        *place++ = '\0';
        controllers++;
        bool v2 = controllers[0] == '\0';
        if (!v2 && !has_controller(controllers, "cpu")) continue;
        const char *mount = v2 ? "" : "/cpu";
        char folder[1100];
        (void)snprintf(folder, sizeof folder, "%s%s", mount, strcmp(place, "/") == 0 ? "" : place);
        double quota = path_quota(root, folder, strlen(mount), v2);
        if (quota > 0 && (least <= 0 || quota < least)) least = quota;
    }
    fclose(stream);
    return least;
}

int weft_usable_cpus(const char *root) {
    int cpus = affinity_cpus();
    double quota = cgroup_quota(root);
    if (quota > 0 && quota < cpus) cpus = quota < 1 ? 1 : (int)(quota + 0.5);
    return cpus;
}
