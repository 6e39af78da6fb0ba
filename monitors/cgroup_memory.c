/* SPDX-License-Identifier: MIT
 *
 * /proc/self/cgroup names the path inside a hierarchy, /proc/self/mountinfo the folder that shows which part of it
 * (cgroups(7), proc(5)). A path outside of that part, as containers see it, is the mount itself. */
#include "monitors/cgroup_memory.h"

#include "monitors/proc_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES WEFT_CGROUP_PATH_BYTES

/* The files of a version of cgroups. */
typedef struct hierarchy {
    const char *limits[2], *usage, *inactive, *active;
    const char *inherited; /* the smallest limit of a level and all above it, also of those out of sight; or NULL */
    const char *usual_mount;
} hierarchy;

static const hierarchy versions[] = {
    [1] = {{"memory.limit_in_bytes", NULL},
           "memory.usage_in_bytes",
           "total_inactive_file ",
           "total_active_file ",
           "hierarchical_memory_limit ",
           "/sys/fs/cgroup/memory"},
    [2] = {{"memory.max", "memory.high"}, "memory.current", "inactive_file ", "active_file ", NULL, "/sys/fs/cgroup"},
};

/* Whether `word` is one of those that commas separate. */
static bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ','), at = at != NULL ? at + 1 : NULL)
        if (strncmp(at, word, length) == 0 && strchr(",\n ", at[length]) != NULL) return true;
    return false;
}

/* Finds this process's path: "N:memory:/path" in version 1, "0::/path" in version 2. Where both are there, version 1
 * accounts for the memory if it names it. Returns the version, or 0. */
static int find_path(const char *root, bool unified, char path[PATH_BYTES]) {
    char text[16384];
    int found = 0;
    if (!weft_proc_read(root, "/proc/self/cgroup", text, sizeof text)) return 0;
    for (char *line = text, *end; *line != '\0' && found != 1; line = end) {
        end = line + strcspn(line, "\n");
        if (*end != '\0') *end++ = '\0';
        char *controllers = strchr(line, ':'), *at = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (at == NULL) continue;
        *at++ = '\0';
        controllers++;
        if (!unified && has_word(controllers, "memory"))
            found = 1;
        else if (*controllers == '\0')
            found = 2;
        else
            continue;
        (void)snprintf(path, PATH_BYTES, "%s", at);
    }
    return found;
}

/* Copies a field of mountinfo, where blanks are written \040. */
static void copy_field(const char *from, char out[PATH_BYTES]) {
    size_t length = 0;
    for (; *from != '\0' && *from != ' ' && length < PATH_BYTES - 1; from++) {
        unsigned code;
        if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
            out[length++] = (char)code;
            from += 3;
        } else {
            out[length++] = *from;
        }
    }
    out[length] = '\0';
}

static const char *skip_fields(const char *at, int count) {
    for (; count > 0 && at != NULL; count--) {
        at = strchr(at, ' ');
        if (at != NULL) at++;
    }
    return at;
}

/* One line: "36 35 98:0 /root /mount/point rw,noatime master:1 - type source options". Whether it mounts the memory's
 * hierarchy of `version`. */
static bool read_mount(const char *line, int version, char shown[PATH_BYTES], char mount[PATH_BYTES]) {
    const char *root = skip_fields(line, 3), *point = skip_fields(root, 1), *kind = strstr(line, " - ");
    if (point == NULL || kind == NULL) return false;
    kind += 3;
    const char *options = skip_fields(kind, 2);
    if (version == 2 && strncmp(kind, "cgroup2 ", 8) != 0) return false;
    if (version == 1 && (strncmp(kind, "cgroup ", 7) != 0 || options == NULL || !has_word(options, "memory")))
        return false;
    copy_field(root, shown);
    copy_field(point, mount);
    return true;
}

/* The part of `path` under `shown`, or NULL where it lies outside. */
static const char *inside(const char *path, const char *shown) {
    size_t length = strcmp(shown, "/") == 0 ? 0 : strlen(shown);
    if (strncmp(path, shown, length) != 0 || (path[length] != '/' && path[length] != '\0')) return NULL;
    path += length;
    if (strcmp(path, "/") == 0) path++;
    return strncmp(path, "/..", 3) == 0 ? NULL : path;
}

static bool is_there(const char *root, const char *folder) {
    char whole[2 * PATH_BYTES];
    (void)snprintf(whole, sizeof whole, "%s%s", root, folder);
    return access(whole, F_OK) == 0;
}

/* Takes the mount over; `below` NULL: what it shows is all there is to see. */
static bool settle(const char *root, const char *mount, const char *below, weft_cgroup *out) {
    out->mount_length = strlen(mount);
    if (below != NULL && snprintf(out->folder, sizeof out->folder, "%s%s", mount, below) < (int)sizeof out->folder &&
        is_there(root, out->folder))
        return true;
    (void)snprintf(out->folder, sizeof out->folder, "%s", mount);
    return false;
}

/* The first mount that shows this process's own level; else one that shows another part. */
static bool find_mount(const char *root, const char *path, weft_cgroup *out) {
    char name[PATH_BYTES], shown[PATH_BYTES], mount[PATH_BYTES];
    (void)snprintf(name, sizeof name, "%s/proc/self/mountinfo", root);
    FILE *file = fopen(name, "re");
    if (file == NULL) return false;
    char *line = NULL;
    size_t capacity = 0;
    bool found = false, own = false;
    while (!own && getline(&line, &capacity, file) >= 0) {
        if (!read_mount(line, out->version, shown, mount)) continue;
        weft_cgroup seen = *out;
        own = settle(root, mount, inside(path, shown), &seen);
        if (own || !found) *out = seen;
        found = true;
    }
    free(line);
    (void)fclose(file);
    return found;
}

void weft_cgroup_find(const char *root, bool unified, weft_cgroup *out) {
    char path[PATH_BYTES];
    *out = (weft_cgroup){.version = find_path(root, unified, path)};
    if (out->version == 0 || find_mount(root, path, out)) return;
    (void)settle(root, versions[out->version].usual_mount, inside(path, "/"), out);
}

/* --- reading a level --- */

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

static bool read_level(const char *root, const char *folder, const hierarchy *files, weft_memory_reading *out) {
    char path[PATH_BYTES + 64], stat[8192];
    (void)snprintf(path, sizeof path, "%s/memory.stat", folder);
    if (!weft_proc_read(root, path, stat, sizeof stat)) stat[0] = '\0';
    out->limit_bytes = read_limit(root, folder, stat, files);
    if (out->limit_bytes == 0) return false;
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
    char folder[PATH_BYTES];
    *out = (weft_cgroup_memory){0};
    if (cgroup->version == 0) return false;
    memcpy(folder, cgroup->folder, sizeof folder);
    for (bool top = false; !top;) {
        weft_memory_reading level;
        top = strlen(folder) <= cgroup->mount_length;
        if (read_level(root, folder, &versions[cgroup->version], &level)) {
            bool first = out->smallest.limit_bytes == 0;
            /* Of equal limits the upper one's counts, where it was set: what a level inherits is its own and others'.
             */
            if (first || level.limit_bytes <= out->smallest.limit_bytes) out->smallest = level;
            if (first || fullness(level) > fullness(out->fullest)) out->fullest = level;
        }
        if (!top) *strrchr(folder, '/') = '\0';
    }
    return out->smallest.limit_bytes > 0;
}
