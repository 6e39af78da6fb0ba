/* SPDX-License-Identifier: MIT
 *
 * /proc/self/cgroup names the path inside a hierarchy, /proc/self/mountinfo the folder that shows which part of it
 * (cgroups(7), proc(5)). A path outside of that part, as containers see it, is the mount itself. */
#include "monitors/cgroup_place.h"

#include "monitors/proc_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES  WEFT_CGROUP_PATH_BYTES
#define USUAL_MOUNT "/sys/fs/cgroup"

/* As version 1 calls them; the unified hierarchy is none of its. */
static const char *const controllers[] = {[WEFT_CGROUP_MEMORY] = "memory", [WEFT_CGROUP_CPU] = "cpu"};

/* Whether `word` is one of those that commas separate. */
static bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ','), at = at != NULL ? at + 1 : NULL)
        if (strncmp(at, word, length) == 0 && strchr(",\n ", at[length]) != NULL) return true;
    return false;
}

/* Finds this process's path: "N:memory:/path" in version 1, "0::/path" in version 2. Where both are there, version 1
 * has the controller if it names it. `controller` NULL: version 2's. Returns the version, or 0. */
static int find_path(const char *root, const char *controller, char path[PATH_BYTES]) {
    char text[16384];
    int found = 0;
    if (!weft_proc_read(root, "/proc/self/cgroup", text, sizeof text)) return 0;
    for (char *line = text, *end; *line != '\0' && found != 1; line = end) {
        end = line + strcspn(line, "\n");
        if (*end != '\0') *end++ = '\0';
        char *names = strchr(line, ':'), *at = names == NULL ? NULL : strchr(names + 1, ':');
        if (at == NULL) continue;
        *at++ = '\0';
        names++;
        if (controller != NULL && has_word(names, controller))
            found = 1;
        else if (*names == '\0')
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

/* One line: "36 35 98:0 /root /mount/point rw,noatime master:1 - type source options". Whether it mounts version 2,
 * or version 1's hierarchy of the controller. */
static bool read_mount(const char *line, int version, const char *controller, char shown[PATH_BYTES],
                       char mount[PATH_BYTES]) {
    const char *root = skip_fields(line, 3), *point = skip_fields(root, 1), *kind = strstr(line, " - ");
    if (point == NULL || kind == NULL) return false;
    kind += 3;
    const char *options = skip_fields(kind, 2);
    if (version == 2 && strncmp(kind, "cgroup2 ", 8) != 0) return false;
    if (version == 1 && (strncmp(kind, "cgroup ", 7) != 0 || options == NULL || !has_word(options, controller)))
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
static bool find_mount(const char *root, const char *path, const char *controller, weft_cgroup *out) {
    char name[PATH_BYTES], shown[PATH_BYTES], mount[PATH_BYTES];
    (void)snprintf(name, sizeof name, "%s/proc/self/mountinfo", root);
    FILE *file = fopen(name, "re");
    if (file == NULL) return false;
    char *line = NULL;
    size_t capacity = 0;
    bool found = false, own = false;
    while (!own && getline(&line, &capacity, file) >= 0) {
        if (!read_mount(line, out->version, controller, shown, mount)) continue;
        weft_cgroup seen = *out;
        own = settle(root, mount, inside(path, shown), &seen);
        if (own || !found) *out = seen;
        found = true;
    }
    free(line);
    (void)fclose(file);
    return found;
}

void weft_cgroup_find(const char *root, weft_cgroup_controller of, weft_cgroup *out) {
    const char *controller = of == WEFT_CGROUP_UNIFIED ? NULL : controllers[of];
    char path[PATH_BYTES], mount[64];
    *out = (weft_cgroup){.version = find_path(root, controller, path)};
    if (out->version == 0 || find_mount(root, path, controller, out)) return;
    bool first = out->version == 1;
    (void)snprintf(mount, sizeof mount, USUAL_MOUNT "%s%s", first ? "/" : "", first ? controller : "");
    (void)settle(root, mount, inside(path, "/"), out);
}

bool weft_cgroup_go_up(weft_cgroup *level) {
    if (strlen(level->folder) <= level->mount_length) return false;
    *strrchr(level->folder, '/') = '\0';
    return true;
}
