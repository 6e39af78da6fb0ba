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

/* Has a level give memory on to its children. */
static bool ask_giver(own_cgroup *self, const char *level) {
    if (!lists_memory(level, "cgroup.controllers")) return false;
    if (lists_memory(level, "cgroup.subtree_control")) return true;
    if (!write_text(level, "cgroup.subtree_control", "+memory")) return false;
    memcpy(self->giver, level, sizeof self->giver);
    return true;
}

/* The same, with its processes out of the way. */
static bool clear_giver(own_cgroup *self, const char *level) {
    if (!lists_memory(level, "cgroup.controllers")) return false;
    if (!make_folder(level, "-crowd", self->crowd)) {
        self->crowd[0] = '\0';
        return false;
    }
    move_processes(level, self->crowd);
    return ask_giver(self, level);
}

/* Undoes both; `reason` stays what it is. */
static void restore(own_cgroup *self) {
    char why[sizeof reason], level[WEFT_CGROUP_PATH_BYTES];
    memcpy(why, reason, sizeof why);
    if (self->giver[0] != '\0') (void)write_text(self->giver, "cgroup.subtree_control", "-memory");
    if (self->crowd[0] != '\0') {
        memcpy(level, self->crowd, sizeof level);
        *strrchr(level, '/') = '\0';
        move_processes(self->crowd, level);
        remove_folder(self->crowd);
    }
    self->giver[0] = self->crowd[0] = '\0';
    memcpy(reason, why, sizeof reason);
}

/* Under the nearest level that gives memory on, or does when it is told to; at last under this process's own,
 * cleared, and then it is that one's reason that counts. */
static bool make_unified(own_cgroup *self, int64_t limit_bytes) {
    char own[WEFT_CGROUP_PATH_BYTES], level[WEFT_CGROUP_PATH_BYTES];
    size_t mount_length = self->place.mount_length;
    memcpy(own, self->place.folder, sizeof own);
    memcpy(level, own, sizeof level);
    for (bool top = false; !top; *strrchr(level, '/') = '\0') {
        top = strlen(level) <= mount_length;
        if (ask_giver(self, level) && make_below(self, level, limit_bytes)) return true;
        restore(self);
    }
    if (clear_giver(self, own) && make_below(self, own, limit_bytes)) return true;
    restore(self);
    return false;
}

bool own_cgroup_make(own_cgroup *self, int64_t limit_bytes) {
    *self = (own_cgroup){0};
    weft_cgroup_find("", WEFT_CGROUP_MEMORY, &self->place);
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
    restore(self);
}

bool own_cgroup_join(const own_cgroup *self) {
    return write_text(self->place.folder, "cgroup.procs", "0");
}
