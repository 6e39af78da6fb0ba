/* SPDX-License-Identifier: MIT
 *
 * Version 2: a level gives a controller on to its children by cgroup.subtree_control, and only while it holds no
 * processes itself, the root of all excepted (cgroups(7), "no internal processes"). */
#include "integration/own_cgroup.h"

#include "support/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES (WEFT_CGROUP_PATH_BYTES + 64)

/* The last thing that was not allowed. */
static char reason[2 * PATH_BYTES];

static bool refused(const char *folder, const char *name) {
    (void)snprintf(reason, sizeof reason, "%s/%s: %s", folder, name, strerror(errno));
    return false;
}

static bool write_text(const char *folder, const char *name, const char *text) {
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return refused(folder, name);
    bool ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (!ok) (void)refused(folder, name);
    close(fd);
    return ok;
}

/* Whether one of a file's words is "memory". */
static bool lists_memory(const char *folder, const char *name) {
    char path[PATH_BYTES], word[64];
    bool found = false;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file == NULL) return refused(folder, name);
    while (!found && fscanf(file, "%63s", word) == 1)
        found = strcmp(word, "memory") == 0;
    (void)fclose(file);
    if (!found) (void)snprintf(reason, sizeof reason, "%s/%s does not name memory", folder, name);
    return found;
}

/* All that can be moved: kernel threads and what ends meanwhile cannot, and need not. */
static void move_processes(const char *from, const char *to) {
    char path[PATH_BYTES], pid[32];
    (void)snprintf(path, sizeof path, "%s/cgroup.procs", from);
    FILE *file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%31s", pid) == 1)
        (void)write_text(to, "cgroup.procs", pid);
    if (file != NULL) (void)fclose(file);
}

static void remove_folder(const char *folder) {
    for (int i = 0; i < 100 && rmdir(folder) != 0 && errno == EBUSY; i++)
        (void)nanosleep(&(struct timespec){0, 20000000L}, NULL);
}

static bool make_folder(const char *parent, const char *suffix, char out[WEFT_CGROUP_PATH_BYTES]) {
    char name[64];
    (void)snprintf(name, sizeof name, "weft-test-%d%s", (int)getpid(), suffix);
    if (snprintf(out, WEFT_CGROUP_PATH_BYTES, "%s/%s", parent, name) >= WEFT_CGROUP_PATH_BYTES)
        errno = ENAMETOOLONG;
    else if (mkdir(out, 0755) == 0)
        return true;
    return refused(parent, name);
}

/* Whether a process could go there: moving needs a right on the level that both have in common, too. */
static bool can_be_joined(const own_cgroup *self) {
    int status = -1;
    pid_t child = fork();
    if (child == 0) _exit(own_cgroup_join(self) ? 0 : errno);
    if (child < 0 || waitpid(child, &status, 0) != child) return refused(self->place.folder, "cgroup.procs");
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
    return errno == 0 || refused(self->place.folder, "cgroup.procs");
}

static bool make_below(own_cgroup *self, const char *parent, int64_t limit_bytes) {
    char limit[32];
    (void)snprintf(limit, sizeof limit, "%lld", (long long)limit_bytes);
    if (!make_folder(parent, "", self->place.folder)) return false;
    self->place.mount_length = strlen(self->place.folder);
    if (write_text(self->place.folder, self->place.version == 1 ? "memory.limit_in_bytes" : "memory.max", limit) &&
        can_be_joined(self))
        return true;
    remove_folder(self->place.folder);
    return false;
}

/* Has the level give memory on, with its processes out of the way where they are in it. */
static bool clear_level(own_cgroup *self, const char *level) {
    if (!make_folder(level, "-crowd", self->crowd)) {
        self->crowd[0] = '\0';
        return false;
    }
    move_processes(level, self->crowd);
    return write_text(level, "cgroup.subtree_control", "+memory");
}

/* Undoes it. */
static void restore_level(own_cgroup *self) {
    if (self->crowd[0] == '\0') return;
    char level[WEFT_CGROUP_PATH_BYTES];
    (void)snprintf(level, sizeof level, "%s", self->crowd);
    *strrchr(level, '/') = '\0';
    (void)write_text(level, "cgroup.subtree_control", "-memory");
    move_processes(self->crowd, level);
    remove_folder(self->crowd);
    self->crowd[0] = '\0';
}

/* The nearest level that gives memory on, or does when it is told to; at last this process's own, cleared. */
static bool make_unified(own_cgroup *self, int64_t limit_bytes) {
    char own[WEFT_CGROUP_PATH_BYTES], level[WEFT_CGROUP_PATH_BYTES];
    size_t mount_length = self->place.mount_length;
    memcpy(own, self->place.folder, sizeof own);
    memcpy(level, own, sizeof level);
    if (!lists_memory(own, "cgroup.controllers")) return false;
    for (bool top = false; !top; *strrchr(level, '/') = '\0') {
        top = strlen(level) <= mount_length;
        if ((lists_memory(level, "cgroup.subtree_control") || write_text(level, "cgroup.subtree_control", "+memory")) &&
            make_below(self, level, limit_bytes))
            return true;
    }
    if (clear_level(self, own) && make_below(self, own, limit_bytes)) return true;
    char why[sizeof reason];
    memcpy(why, reason, sizeof why); /* not what is said while it is undone */
    restore_level(self);
    memcpy(reason, why, sizeof reason);
    return false;
}

bool own_cgroup_make(own_cgroup *self, int64_t limit_bytes) {
    *self = (own_cgroup){0};
    weft_cgroup_find("", false, &self->place);
    char own[WEFT_CGROUP_PATH_BYTES];
    memcpy(own, self->place.folder, sizeof own);
    (void)snprintf(reason, sizeof reason, "/proc/self/cgroup names no hierarchy that accounts for memory");
    if (self->place.version == 1 && make_below(self, own, limit_bytes)) return true;
    if (self->place.version == 2 && make_unified(self, limit_bytes)) return true;
    print_message("SKIPPED: no cgroup with a memory limit can be made here: %s\n", reason);
    return false;
}

void own_cgroup_remove(own_cgroup *self) {
    remove_folder(self->place.folder);
    restore_level(self);
}

bool own_cgroup_join(const own_cgroup *self) {
    return write_text(self->place.folder, "cgroup.procs", "0");
}
