/* SPDX-License-Identifier: MIT
 *
 * One list of changes in the order they were made, each with what undoes it. Files are held open by a descriptor of the
 * account's own, never closed: closing one would drop the program's POSIX locks on it. */
#define _GNU_SOURCE
#include "fault/fault_power.h"

#include "fault/fault_rules.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef enum change_kind { WRITTEN, CUT, MADE, REMOVED, RENAMED } change_kind;

typedef struct change {
    change_kind kind;
    int file;                  /* WRITTEN, CUT: index in `held` */
    int64_t offset, old_size;  /* of the file before; WRITTEN: at offset. CUT: new size in offset */
    int64_t length, old_bytes; /* WRITTEN: of `after` and of `before` */
    char *before, *after;      /* contents; CUT: what was behind the cut */
    char *path, *to, *saved;   /* names; `saved`: a link to what had the name */
    bool safe;
} change;

static change *changes;
static size_t count, room;
static struct {
    dev_t dev;
    ino_t ino;
    int fd;
} * held;
static int held_count;

static void *must(void *memory) {
    if (memory == NULL) _exit(99);
    return memory;
}

/* The account's files are opened, written and removed below the shim. */
static int open_below(const char *path) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
}

static int hold(int fd) {
    struct stat info;
    char path[64];
    if (fstat(fd, &info) != 0) return -1;
    for (int i = 0; i < held_count; i++)
        if (held[i].dev == info.st_dev && held[i].ino == info.st_ino) return i;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open_below(path);
    if (own < 0) return -1;
    held = must(realloc(held, (size_t)(held_count + 1) * sizeof *held));
    held[held_count].dev = info.st_dev;
    held[held_count].ino = info.st_ino;
    held[held_count].fd = own;
    return held_count++;
}

static change *add(change_kind kind) {
    if (count == room) {
        room = room == 0 ? 256 : 2 * room;
        changes = must(realloc(changes, room * sizeof *changes));
    }
    changes[count] = (change){.kind = kind, .file = -1};
    return &changes[count++];
}

static int64_t size_of(int file) {
    struct stat info;
    return fstat(held[file].fd, &info) == 0 ? info.st_size : 0;
}

/* `length` bytes from `offset`, as far as there are any. */
static char *copy_of(int file, int64_t offset, int64_t length, int64_t *got) {
    char *bytes = must(malloc((size_t)length + 1));
    *got = syscall(SYS_pread64, held[file].fd, bytes, (size_t)length, offset);
    if (*got < 0) *got = 0;
    return bytes;
}

void fault_power_write(int fd, const void *bytes, size_t length, int64_t offset) {
    int file = hold(fd);
    change *written = add(WRITTEN);
    written->file = file;
    if (file < 0) return;
    written->offset = offset;
    written->length = (int64_t)length;
    written->old_size = size_of(file);
    written->before = copy_of(file, offset, (int64_t)length, &written->old_bytes);
    written->after = must(malloc(length + 1));
    memcpy(written->after, bytes, length);
}

void fault_power_wrote(int64_t written) {
    change *last = &changes[count - 1];
    if (written <= 0)
        last->safe = true;
    else if (written < last->length)
        last->length = written;
}

static void note_cut(int file, int64_t size) {
    change *cut = add(CUT);
    cut->file = file;
    if (file < 0) return;
    cut->offset = size;
    cut->old_size = size_of(file);
    if (size < cut->old_size) cut->before = copy_of(file, size, cut->old_size - size, &cut->old_bytes);
}

void fault_power_truncate(int fd, int64_t size) {
    note_cut(hold(fd), size);
}

void fault_power_truncate_path(const char *path) {
    int fd = open_below(path);
    if (fd < 0) return;
    note_cut(hold(fd), 0); /* fd stays open: see above */
}

/* --- names --- */

/* The folder that is watched is taken as safe: the sync of the one above it is not seen. */
void fault_power_made(const char *path) {
    if (!fault_rules_cover_above(path)) return;
    add(MADE)->path = must(strdup(path));
}

/* A link to what `path` names; NULL when it is a folder or nothing. */
static char *save(const char *path) {
    static int number;
    char *saved = NULL;
    if (asprintf(&saved, "%s/%d-%d", fault_rules_save_folder(), (int)getpid(), number++) < 0) _exit(99);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, saved, 0) == 0) return saved;
    free(saved);
    return NULL;
}

void fault_power_remove(const char *path) {
    change *removed = add(REMOVED);
    removed->path = must(strdup(path));
    removed->saved = save(path);
}

void fault_power_rename(const char *from, const char *to) {
    change *renamed = add(RENAMED);
    renamed->path = must(strdup(from));
    renamed->to = must(strdup(to));
    renamed->saved = save(to);
}

void fault_power_failed(void) {
    changes[count - 1].safe = true;
}

static bool is_in(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' && strchr(path + length + 1, '/') == NULL;
}

void fault_power_synced(int fd, const char *path) {
    struct stat info;
    if (fstat(fd, &info) != 0) return;
    bool folder = S_ISDIR(info.st_mode);
    for (size_t i = 0; i < count; i++) {
        change *one = &changes[i];
        bool data = one->kind == WRITTEN || one->kind == CUT;
        if (folder && !data)
            one->safe = one->safe || is_in(one->to != NULL ? one->to : one->path, path);
        else if (!folder && data && one->file >= 0)
            one->safe = one->safe || (held[one->file].dev == info.st_dev && held[one->file].ino == info.st_ino);
    }
}

/* --- the loss --- */

static void put(int file, const char *bytes, int64_t length, int64_t offset) {
    if (length > 0) (void)syscall(SYS_pwrite64, held[file].fd, bytes, (size_t)length, offset);
}

static void cut_to(int file, int64_t size) {
    (void)syscall(SYS_ftruncate, held[file].fd, size);
}

static int remove_one(const char *path, const struct stat *info, int flag, struct FTW *walk) {
    (void)info;
    (void)walk;
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, flag == FTW_DP ? AT_REMOVEDIR : 0);
}

static void rename_below(const char *from, const char *to) {
    (void)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

static void undo(const change *one) {
    switch (one->kind) {
    case WRITTEN:
        put(one->file, one->before, one->old_bytes, one->offset);
        cut_to(one->file, one->old_size);
        break;
    case CUT:
        cut_to(one->file, one->old_size);
        put(one->file, one->before, one->old_bytes, one->offset);
        break;
    case MADE:
        (void)nftw(one->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        break;
    case REMOVED:
        if (one->saved != NULL)
            rename_below(one->saved, one->path);
        else
            (void)syscall(SYS_mkdirat, AT_FDCWD, one->path, 0777);
        break;
    case RENAMED:
        rename_below(one->to, one->path);
        if (one->saved != NULL) rename_below(one->saved, one->to);
        break;
    }
}

static bool is_data(const change *one) {
    return one->kind == WRITTEN || one->kind == CUT;
}

/* What was there before, and zeros where nothing was. */
static void drop(const change *one) {
    char *zeros = must(calloc(1, (size_t)(one->length - one->old_bytes) + 1));
    put(one->file, one->before, one->old_bytes, one->offset);
    put(one->file, zeros, one->length - one->old_bytes, one->offset + one->old_bytes);
    free(zeros);
}

void fault_power_drop(int fd) {
    int file = hold(fd);
    int64_t size = file < 0 ? 0 : size_of(file);
    for (size_t i = count; i > 0 && file >= 0; i--) {
        change *one = &changes[i - 1];
        if (one->safe || !is_data(one) || one->file != file) continue;
        if (one->kind == WRITTEN) drop(one);
        one->safe = true;
    }
    if (file >= 0) cut_to(file, size);
}

/* What the kernel had written back by chance. */
static void redo_some(unsigned seed) {
    for (size_t i = 0; i < count; i++) {
        const change *one = &changes[i];
        if (one->safe || !is_data(one) || one->file < 0) continue;
        if (rand_r(&seed) % 2 == 0) continue;
        if (one->kind == WRITTEN)
            put(one->file, one->after, one->length, one->offset);
        else
            cut_to(one->file, one->offset);
    }
}

/* Journals keep the order of names: the first of them stay. */
static size_t names_kept(unsigned seed) {
    size_t names = 0;
    for (size_t i = 0; i < count; i++)
        names += !changes[i].safe && !is_data(&changes[i]);
    return seed == 0 || names == 0 ? 0 : (size_t)rand_r(&seed) % (names + 1);
}

void fault_power_lose(void) {
    unsigned seed = fault_rules_seed();
    size_t keep = names_kept(seed), name = 0;
    for (size_t i = count; i > 0; i--)
        if (!changes[i - 1].safe && is_data(&changes[i - 1]) && changes[i - 1].file >= 0) undo(&changes[i - 1]);
    if (seed != 0) redo_some(seed);
    for (size_t i = 0; i < count && name < keep; i++) {
        if (changes[i].safe || is_data(&changes[i])) continue;
        changes[i].safe = true;
        name++;
    }
    for (size_t i = count; i > 0; i--)
        if (!changes[i - 1].safe && !is_data(&changes[i - 1])) undo(&changes[i - 1]);
}
