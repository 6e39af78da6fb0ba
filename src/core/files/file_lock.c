/* SPDX-License-Identifier: MIT
 *
 * The file is removed while it is locked; whoever waited for its name then sees that it is another file now. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "core/files/file_lock.h"

#include "core/files/plain_file.h"
#include "core/files/process_identity.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { AT_WORK, LOOKING }; /* the bytes */

#define PAUSE_MS      2
#define LOOKING_TRIES 5000 /* 10 s */
#define NAMING_TRIES  50   /* between locking a file and writing who did */
#define NAME_BYTES    400

struct weft_file_lock {
    int folder_fd; /* that `path` is relative to, or AT_FDCWD */
    char *path;
    int fd;
};

static void rest(void) {
    (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
}

/* 0, or errno. */
static int lock_byte(int fd, short type, int byte) {
    struct flock bytes = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &bytes) == 0 ? 0 : errno;
}

static bool is_locked_by_another(int fd, int byte) {
    struct flock bytes = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, F_OFD_GETLK, &bytes) != 0 || bytes.l_type != F_UNLCK;
}

static bool is_held(int failure) {
    return failure == EACCES || failure == EAGAIN;
}

/* Failing to lock is neither "held" nor "not allowed": most often the file system has no locks. */
static weft_status no_lock(int failure, const char *path, weft_error *err) {
    weft_error_set_errno(err, failure, "%s: cannot lock", path);
    weft_error_hint(err,
                    "the file system may have no locks (some network and user-space ones): take another output_dir");
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

/* --- who has it --- */

static void write_name(int fd) {
    weft_process_identity own;
    char text[NAME_BYTES];
    weft_process_identity_read(&own);
    int length = snprintf(text, sizeof text, "%lld %lld %s %s\n", (long long)own.pid, (long long)own.start_ticks,
                          own.boot_id, own.host);
    /* For messages only. */
    if (ftruncate(fd, 0) == 0 && length > 0) (void)!pwrite(fd, text, (size_t)length, 0);
}

/* 0: not known. A process that is not alive has left its name there before the one that has the lock now. */
static int64_t read_name(int fd) {
    char text[NAME_BYTES] = "";
    weft_process_identity name = {0};
    long long pid = 0, ticks = 0;
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    if (length <= 0 || sscanf(text, "%lld %lld %39s %255s", &pid, &ticks, name.boot_id, name.host) != 4) return 0;
    name.pid = pid;
    name.start_ticks = ticks;
    return weft_process_identity_is_alive(&name) ? name.pid : 0;
}

static int64_t find_holder(int fd) {
    int64_t holder = read_name(fd);
    for (int i = 0; holder == 0 && i < NAMING_TRIES && is_locked_by_another(fd, AT_WORK); i++) {
        rest();
        holder = read_name(fd);
    }
    return holder;
}

/* --- taking it --- */

/* Whether the file that was locked is still the one of that name. */
static bool is_still_there(const weft_file_lock *lock) {
    struct stat locked, named;
    return fstat(lock->fd, &locked) == 0 && fstatat(lock->folder_fd, lock->path, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

/* Returns when nobody looks any more. Whoever looks later sees that the first byte is locked. */
static int wait_for_lookers(int fd) {
    int failure = lock_byte(fd, F_WRLCK, LOOKING);
    for (int i = 0; is_held(failure) && i < LOOKING_TRIES; i++) {
        rest();
        failure = lock_byte(fd, F_WRLCK, LOOKING);
    }
    return failure != 0 ? failure : lock_byte(fd, F_UNLCK, LOOKING);
}

static weft_status lock_open_file(const weft_file_lock *lock, int64_t *holder, weft_error *err) {
    int failure = lock_byte(lock->fd, F_WRLCK, AT_WORK);
    if (is_held(failure)) {
        *holder = find_holder(lock->fd);
        return weft_error_set(err, WEFT_ERR_BUSY, "%s: process %lld holds it", lock->path, (long long)*holder);
    }
    if (failure == 0) failure = wait_for_lookers(lock->fd);
    if (is_held(failure))
        return weft_error_set(err, WEFT_ERR_BUSY, "%s: another run has been tidying up there for long", lock->path);
    return failure == 0 ? WEFT_OK : no_lock(failure, lock->path, err);
}

static weft_status lock_file(weft_file_lock *lock, int64_t *holder, weft_error *err) {
    for (;;) {
        weft_status status = weft_plain_file_open(&lock->fd, lock->path, O_RDWR | O_CREAT, 0666, err);
        if (status == WEFT_OK) status = lock_open_file(lock, holder, err);
        if (status != WEFT_OK) return status;
        if (is_still_there(lock)) break;
        close(lock->fd);
        lock->fd = -1;
    }
    write_name(lock->fd);
    return WEFT_OK;
}

static void close_lock(weft_file_lock *lock) {
    if (lock == NULL) return;
    if (lock->fd >= 0) close(lock->fd);
    free(lock->path);
    free(lock);
}

static weft_file_lock *new_lock(int folder_fd, const char *path) {
    weft_file_lock *lock = calloc(1, sizeof *lock);
    if (lock == NULL) return NULL;
    *lock = (weft_file_lock){.folder_fd = folder_fd, .path = weft_text_format("%s", path), .fd = -1};
    if (lock->path != NULL) return lock;
    close_lock(lock);
    return NULL;
}

weft_status weft_file_lock_take(weft_file_lock **out, const char *path, int64_t *holder, weft_error *err) {
    weft_file_lock *lock = new_lock(AT_FDCWD, path);
    *out = NULL;
    *holder = 0;
    weft_status status = lock == NULL ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a lock", path)
                                      : lock_file(lock, holder, err);
    if (status == WEFT_OK)
        *out = lock;
    else
        close_lock(lock);
    return status;
}

bool weft_file_lock_take_dead(weft_file_lock **out, int folder_fd, const char *name) {
    weft_file_lock *lock = new_lock(folder_fd, name);
    struct stat info;
    *out = NULL;
    if (lock == NULL) return false;
    lock->fd = openat(folder_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (lock->fd >= 0 && fstat(lock->fd, &info) == 0 && S_ISREG(info.st_mode) &&
        lock_byte(lock->fd, F_WRLCK, LOOKING) == 0 && !is_locked_by_another(lock->fd, AT_WORK) &&
        is_still_there(lock)) {
        *out = lock;
        return true;
    }
    close_lock(lock);
    return false;
}

int weft_file_lock_descriptor(const weft_file_lock *lock) {
    return lock->fd;
}

void weft_file_lock_release(weft_file_lock *lock) {
    if (lock == NULL) return;
    (void)unlinkat(lock->folder_fd, lock->path, 0);
    close_lock(lock);
}

void weft_file_lock_let_go(weft_file_lock *lock) {
    close_lock(lock);
}

bool weft_file_lock_is_held(const char *path, int64_t *holder) {
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *holder = 0;
    if (fd < 0) return false;
    bool held = is_locked_by_another(fd, AT_WORK);
    if (held) *holder = find_holder(fd);
    close(fd);
    return held;
}

weft_status weft_file_lock_output(int fd, const char *path, weft_error *err) {
    int failure = lock_byte(fd, F_WRLCK, AT_WORK);
    if (failure == 0) return WEFT_OK;
    if (!is_held(failure)) return no_lock(failure, path, err);
    weft_error_set(err, WEFT_ERR_BUSY, "%s: another run is writing it", path);
    weft_error_hint(err, "wait until it ends, or choose another output_dir or experiment");
    return WEFT_ERR_BUSY;
}
